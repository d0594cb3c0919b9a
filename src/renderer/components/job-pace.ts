export interface JobPace {
  /** 0 to 1; null while the total is unknown. */
  share: number | null
  /** Units a second since the start; null before anything was done. */
  perSecond: number | null
  remainingSeconds: number | null
}

/** A job's share, rate and remaining time at the moment `nowMs`, at its mean rate since it started. */
export function paceJob(job: { done: number; total: number; startedAt: string | null }, nowMs: number): JobPace {
  const share = job.total > 0 ? Math.min(1, job.done / job.total) : null
  const elapsed = job.startedAt === null ? 0 : (nowMs - Date.parse(job.startedAt)) / 1000
  if (elapsed <= 0 || job.done <= 0) return { share, perSecond: null, remainingSeconds: null }
  const perSecond = job.done / elapsed
  return { share, perSecond, remainingSeconds: share === null ? null : Math.max(0, job.total - job.done) / perSecond }
}
