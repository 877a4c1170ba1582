/**
 * Required first by every entry file. The entry files are CommonJS without types or import statements, so that a Node.js too old
 * for the program still reads them and prints this sentence instead of a loader error.
 */
const [major, minor] = process.versions.node.split('.').map(Number);

if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `gke-auth needs Node.js 22.19 or later; this is ${process.versions.node}.\n` +
      'In a checkout, "npm start", "npm test" and "npx --no-install gke-auth" bring their own Node.js.\n',
  );
  process.exit(2);
}
