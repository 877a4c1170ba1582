#!/usr/bin/env node
/** The terminal: gke-auth VERB … */
require('./node-version.js');
void import('../src/cli/entry.ts');
