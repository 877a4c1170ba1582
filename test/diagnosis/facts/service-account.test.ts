/** In which project a service account lives, by its address alone. */
import { expect, test } from 'vitest';
import { projectOfAccount } from '../../../src/diagnosis/facts/google/service-account.ts';

test.each([
  ['node@p-1.iam.gserviceaccount.com', 'p-1'],
  ['far@other-1.iam.gserviceaccount.com', 'other-1'],
  ['node@p.example.com.iam.gserviceaccount.com', 'example.com:p'],
  ['1-compute@developer.gserviceaccount.com', 'p-1'],
  ['2-compute@developer.gserviceaccount.com', '2'],
  ['p-1@appspot.gserviceaccount.com', 'p-1'],
  ['p.example.com@appspot.gserviceaccount.com', 'example.com:p'],
  ['1@cloudbuild.gserviceaccount.com', undefined],
])('%s: %s', (email, project) => {
  expect(projectOfAccount(email, { id: 'p-1', number: '1' })).toBe(project);
});
