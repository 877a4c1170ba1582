/** Property tests with one seed, so that two runs find the same survivors; they end at the first counterexample. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 1, endOnFailure: true });
