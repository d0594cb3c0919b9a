import type { ClipQuery } from '../../../shared/contract/clip-query'
import type { Handlers } from '../../../shared/contract/contract'
import type { RatingPlan } from '../../../shared/contract/sessions'
import { mostSegments } from '../../../shared/contract/sessions'
import {
  findSessionKey,
  listSessions,
  previewSession,
  rateItem,
  readItems,
  readSession,
  skipItem,
  startSession,
} from '../catalog/rating-sessions'
import { readPaces } from '../catalog/rating-pace'
import { readRatingReport } from '../catalog/rating-stats'
import type { Workspace } from '../workspace'

export function sessionHandlers(workspace: Workspace): Handlers['sessions'] {
  const find = (query: ClipQuery): Promise<string[]> =>
    workspace.catalog.reader.ask({ kind: 'ids', query, offset: 0, limit: mostSegments })
  /** Clips of the plan and clips of gold. */
  const findBoth = async (plan: RatingPlan): Promise<[string[], string[]]> => [
    await find(plan.query),
    plan.gold === null ? [] : await find(plan.gold.query),
  ]
  return {
    preview: async (plan) => previewSession(workspace.database, plan, ...(await findBoth(plan))),
    async start(plan, { author }) {
      const [clipIds, goldIds] = await findBoth(plan)
      const { id } = workspace.edit('sessions.start', author, (recorder) =>
        startSession(workspace.database, recorder, plan, clipIds, goldIds, author),
      )
      return readSession(workspace.database, id)
    },
    list: () => listSessions(workspace.database),
    get: ({ id }) => readSession(workspace.database, id),
    items: (input) => readItems(workspace.database, input),
    rate: (input, { author }) =>
      workspace.edit('labels.set', author, (recorder) => rateItem(workspace.database, recorder, input, author)),
    skip: (input, { author }) =>
      workspace.edit('sessions.skip', author, (recorder) => skipItem(workspace.database, recorder, input, author)),
    pace: ({ id }, { author }) =>
      readPaces(workspace.database, findSessionKey(workspace.database, id)).get(author) ?? null,
    report: ({ id }) => ({
      session: readSession(workspace.database, id),
      ...readRatingReport(workspace.database, findSessionKey(workspace.database, id)),
    }),
  }
}
