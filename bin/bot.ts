#!/usr/bin/env node
/** The bot: the process that answers Slack. */
require('./node-version.js');
void import('../src/bot/main.ts');
