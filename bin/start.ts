#!/usr/bin/env node
/** npm start: what is configured is real, the sandbox plays the rest. */
require('./node-version.js');
void import('../src/start/entry.ts');
