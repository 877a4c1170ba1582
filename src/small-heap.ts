/**
 * Imported first by long-running processes: a smaller heap for a little speed (V8, "--optimize-for-size"). They mostly wait
 * for Slack, Redis and Google; idle they should cost little (PRODUCT.md, "Memory").
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--optimize-for-size');
