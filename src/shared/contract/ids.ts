import { z } from 'zod'

/** An identifier as the contract takes it. */
export const idSchema = z.string().min(1).max(100)
