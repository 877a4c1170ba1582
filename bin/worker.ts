#!/usr/bin/env node
/** A worker: node bin/worker.ts diagnose, or node bin/worker.ts remediate. */
require('./node-version.js');
void import('../jobs/main.ts');
