import type { Database, SqlValue } from '../catalog/database'

/** Every statement that `work` makes on a database, with its plan: for telling which of them walk over whole tables. */
export async function recordPlans(database: Database, work: () => unknown): Promise<{ sql: string; plan: string[] }[]> {
  const asked = new Map<string, SqlValue[]>()
  const { all, pluck, get, iterate, run } = database
  const kept = { all, pluck, get, iterate, run }
  for (const name of ['all', 'pluck', 'get', 'iterate', 'run'] as const) {
    const own = kept[name] as (...given: unknown[]) => unknown
    database[name] = function (this: Database, sql: string, ...values: SqlValue[]) {
      asked.set(sql, values)
      return own.call(this, sql, ...values)
    } as never
  }
  try {
    await work()
  } finally {
    Object.assign(database, kept)
  }
  // A table that is made of a question is there by now; of other definitions there is no plan.
  const questions = [...asked].flatMap(([sql, values]): [string, SqlValue[]][] => {
    const question = sql.replace(/^CREATE TEMP TABLE \w+ AS/, '').trim()
    return /^(CREATE|DROP)/.test(question) ? [] : [[question, values]]
  })
  return questions.map(([sql, values]) => ({
    sql: sql.replace(/\s+/g, ' '),
    plan: database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, ...values).map(({ detail }) => detail),
  }))
}
