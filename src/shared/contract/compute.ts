import { z } from 'zod'
import type { Diagnosis } from '../job/diagnosis'
import { call } from './define'

export const computeCalls = {
  /**
   * What this machine trains on: its backends, each proved and timed in a process of its own, what was found against
   * what is wanted, a verdict and one line of advice.
   *
   * `probing`: 'when-changed' gives the last answer while nothing that it depends on has changed; 'always' proves
   * everything anew; 'never' gives the last answer, whatever has become of it ('not-found' when there is none).
   */
  diagnose: call(
    z.strictObject({ probing: z.enum(['when-changed', 'always', 'never']).default('when-changed') }),
  ).returns<Diagnosis>(),
}
