#!/usr/bin/env node
/** A container's health check: node bin/health.ts bot|diagnose|remediate. */
require('./node-version.js');
void import('../src/start/health.ts');
