/** A trained model on disk: `model.json` (what it is) and `weights.bin` (float32, little-endian, one tensor after the other). */
import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson } from '../../../dsp/canonical-json'
import { compareFrontEnds, hashFrontEnd } from '../../../dsp/front-end-identity'
import type { Recipe } from '../../../dsp/recipe'
import { upgradeRecipe } from '../../../shared/contract/upgrade-recipe'
import { AppError, toAppError } from '../../../shared/errors'
import type { BackendName } from '../../../shared/job/manifest'
import type { ModelSpec } from '../../../zoo/model-spec'
import type { Standardization } from './standardization'

export interface WeightArray {
  name: string
  shape: number[]
  values: Float32Array
}

export interface Checkpoint {
  /** Name of the fold it was trained for. */
  fold: string
  classes: { id: string; name: string }[]
  recipe: Recipe
  /** Fitted on the training clips of the fold. */
  standardization: Standardization
  /** The network; null for mfcc-logistic. */
  spec: ModelSpec | null
  /** Trained values: those of the network without running means, or coefficients and offsets. */
  parameters: number
  bestEpoch: number
  backend: BackendName
  /** Which training made it (see identifyTraining), and how long it took; not in models of Earmark 0.1. */
  training?: { identity: string; seconds: number }
  weights: WeightArray[]
}

const format = 'earmark-model'
const version = 1

/** Folder of a fold's model in a run's folder. Any fold name makes a safe and distinct one. */
export function modelFolder(runFolder: string, fold: string): string {
  return join(runFolder, `model-${encodeURIComponent(fold).replaceAll('*', '%2A')}`)
}

/** SHA-256 of a recipe, whatever the order of its keys: equal recipes have equal hashes. */
export function hashRecipe(recipe: Recipe): string {
  return createHash('sha256').update(canonicalJson(recipe)).digest('hex')
}

/**
 * Writes a model beside its place and renames it there, so that a folder of that name is always whole.
 *
 * @throws AppError 'no-space', 'no-permission', … naming the folder
 */
export async function saveCheckpoint(folder: string, checkpoint: Checkpoint): Promise<void> {
  const unfinished = `${folder}.unfinished`
  const { weights, ...description } = checkpoint
  const bytes = toBytes(weights)
  const json = {
    format,
    version,
    ...description,
    recipeHash: hashRecipe(checkpoint.recipe),
    frontEndHash: hashFrontEnd(checkpoint.recipe.frontEnd),
    weightsHash: createHash('sha256').update(bytes).digest('hex'),
    weights: weights.map(({ name, shape }) => ({ name, shape })),
  }
  try {
    await rm(unfinished, { recursive: true, force: true })
    await mkdir(unfinished, { recursive: true })
    await writeFile(join(unfinished, 'weights.bin'), bytes)
    await writeFile(join(unfinished, 'model.json'), `${JSON.stringify(json, null, 2)}\n`)
    await rm(folder, { recursive: true, force: true })
    await rename(unfinished, folder)
  } catch (error) {
    const { code, message, hint } = toAppError(error)
    throw new AppError(code, `The model could not be written to ${folder}: ${message}`, {
      ...(hint === undefined ? {} : { hint }),
      cause: error,
    })
  }
}

/**
 * Reads a model that saveCheckpoint wrote.
 *
 * @throws AppError 'not-found' when there is none, 'bad-file' when it is damaged or of another version
 */
export async function loadCheckpoint(folder: string): Promise<Checkpoint> {
  const read = async (name: string): Promise<Buffer> => {
    try {
      return await readFile(join(folder, name))
    } catch (error) {
      const { code, message } = toAppError(error)
      throw new AppError(code, `The model in ${folder} cannot be read: ${message}`, { cause: error })
    }
  }
  const json = parseDescription(folder, (await read('model.json')).toString('utf8'))
  const bytes = await read('weights.bin')
  const { weights: layout, weightsHash, ...description } = json
  const wanted = layout.reduce((total, { shape }) => total + 4 * countValues(shape), 0)
  if (bytes.length !== wanted || createHash('sha256').update(bytes).digest('hex') !== weightsHash) {
    throw damaged(folder, `weights.bin does not match model.json (${bytes.length} bytes, ${wanted} wanted)`)
  }
  let offset = 0
  const weights = layout.map(({ name, shape }) => {
    const values = new Float32Array(countValues(shape))
    for (let index = 0; index < values.length; index++, offset += 4) values[index] = bytes.readFloatLE(offset)
    return { name, shape, values }
  })
  return { ...description, weights }
}

/** @throws AppError 'bad-file' naming the fields where a model has learned from another front end than the run says */
export function requireFrontEnd(checkpoint: Checkpoint, recipe: Recipe, runFolder: string): void {
  const differences = compareFrontEnds(recipe.frontEnd, checkpoint.recipe.frontEnd)
  if (differences.length === 0) return
  const fields = differences.map(({ path, first, second }) => `${path} is ${first} in the run, ${second} in the model`)
  throw new AppError(
    'bad-file',
    `The model of fold ${checkpoint.fold} in ${runFolder} was trained on another front end: ${fields.join('; ')}.`,
    { hint: 'It would hear other features than it has learned from. Train the run again.' },
  )
}

type Description = Omit<Checkpoint, 'weights'> & {
  format: string
  version: number
  recipeHash: string
  weightsHash: string
  weights: { name: string; shape: number[] }[]
}

function parseDescription(folder: string, text: string): Description {
  let json: Partial<Description>
  try {
    json = JSON.parse(text) as Partial<Description>
  } catch (error) {
    throw damaged(folder, `model.json is not JSON: ${(error as Error).message}`)
  }
  if (json.format !== format) throw damaged(folder, 'model.json is not of an Earmark model')
  if (json.version !== version) throw damaged(folder, `it is of version ${json.version}; this Earmark reads ${version}`)
  if (!json.recipe || json.recipeHash !== hashRecipe(json.recipe)) throw damaged(folder, 'its recipe was changed')
  if (!json.weights || !json.classes || !json.standardization) throw damaged(folder, 'model.json is not complete')
  return { ...json, recipe: upgradeRecipe(json.recipe) as Recipe } as Description
}

function damaged(folder: string, reason: string): AppError {
  return new AppError('bad-file', `The model in ${folder} cannot be used: ${reason}.`, { hint: 'Train the run again.' })
}

function countValues(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** SHA-256 of a model's weights as they are on disk: the content that makes it this model. */
export function hashWeights({ weights }: Pick<Checkpoint, 'weights'>): string {
  return createHash('sha256').update(toBytes(weights)).digest('hex')
}

const toBytes = (weights: readonly WeightArray[]): Buffer =>
  Buffer.concat(weights.map(({ values }) => littleEndianBytes(values)))

function littleEndianBytes(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeFloatLE(value, index * 4)
  return bytes
}
