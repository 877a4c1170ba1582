import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { root, run, SetupError, step } from './progress.mjs';

const modules = join(root, 'node_modules');
const ownNode = join(modules, '.bin', 'node');
/** `engines` of package.json. */
const OLDEST = [22, 19];

/** Whether node_modules holds what package-lock.json names, by the record that npm leaves when it has finished. */
export function packagesInstalled() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record) || !(existsSync(ownNode) || fits(process.version))) return false;
  const installed = packagesOf(record);
  const wanted = Object.entries(packagesOf(join(root, 'package-lock.json')));
  return wanted.every(
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

export function installPackages() {
  step('installing packages (npm ci)', () => {
    const options = ['--include=dev', '--no-audit', '--no-fund', '--engine-strict=false', '--loglevel=error'];
    const [command, ...args] = npm();
    try {
      run(command, [...args, 'ci', ...options], { env: withoutOwnNode() });
    } catch (error) {
      throw new SetupError(`npm ci failed. ${error.message}`);
    }
  });
  const version = existsSync(ownNode) ? run(ownNode, ['--version']).trim() : process.version;
  if (fits(version)) return;
  throw new SetupError(
    `Node.js ${OLDEST.join('.')} or newer is needed, and this is ${version}. npm brings a newer one by the install script of the package "node"; it didn't run. Allow install scripts (npm config delete ignore-scripts) and run this again, or install Node.js 24 from https://nodejs.org/.`,
  );
}

const packagesOf = file => JSON.parse(readFileSync(file, 'utf8')).packages ?? {};

function fits(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** The npm that runs this, on its own Node.js. */
function npm() {
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  return script && node && existsSync(script) && !node.startsWith(modules) ? [node, script] : ['npm'];
}

/** npm ci removes node_modules first: nothing it runs may come from there. */
function withoutOwnNode() {
  const path = (process.env.PATH ?? '').split(delimiter).filter(folder => !folder.startsWith(modules));
  return { ...process.env, PATH: path.join(delimiter) };
}
