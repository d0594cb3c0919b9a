import { AppError } from '../../../shared/errors'
import type { Importer } from '../../importers/import-plan'
import { decodeHead } from '../../importers/read-csv'
import { checkPlan } from './check-plan'
import { type Dataset, folderOf } from './dataset'

/** A reader that is fed with damaged inputs. */
export interface FuzzTarget {
  /** The format's id, or what is read. */
  id: string
  /** Sound datasets to be damaged, of every layout that the reader knows. */
  corpus(): readonly Dataset[] | Promise<readonly Dataset[]>
  /**
   * Reads one dataset and checks what came out.
   * @param isThorough whether to spend several times as long on it
   * @throws AppError where the reader refuses it, Error where the reader or its output is at fault
   */
  read(dataset: Dataset, isThorough: boolean): Promise<void>
  /** For datasets that can be imported: the format's id. */
  importsAs?: string
}

const headBytes = 65_536

/** Longer than this is no message for a person. */
const longestMessage = 1500

/** @throws Error where what a reader refuses with is of no use to a person */
export function checkRefusal(error: AppError): void {
  if (error.code === 'internal') throw new Error(`refused as internal: ${error.message}`, { cause: error })
  if (
    error.message.trim() === '' ||
    error.message.length > longestMessage ||
    (error.hint?.length ?? 0) > longestMessage
  )
    throw new Error(`refused with ${error.message.length} characters: ${error.message.slice(0, 100)}`, { cause: error })
}

/**
 * An importer: what it recognises, detects and reads.
 * @param isIndependent whether each file tells of its own, so that one that is refused must add nothing to the rest
 */
export function importerTarget(
  importer: Importer,
  corpus: () => readonly Dataset[],
  { isIndependent = false }: { isIndependent?: boolean } = {},
): FuzzTarget {
  return {
    id: importer.id,
    importsAs: importer.id,
    corpus,
    async read(dataset, isThorough) {
      const folder = folderOf(dataset)
      importer.detect(folder.listing)
      for (const path of importer.content?.files(folder.listing) ?? []) {
        const bytes = dataset.files.get(path)
        if (bytes) importer.content!.recognises(decodeHead(bytes.subarray(0, headBytes)), path)
      }
      await checkPlan(await importer.read(folder, dataset.options), folder.listing)
      if (isIndependent && isThorough && dataset.files.size > 1) await checkRefusedFiles(importer, dataset)
    },
  }
}

/** Holds that a file which is refused alone adds nothing when others lie beside it. */
async function checkRefusedFiles(importer: Importer, dataset: Dataset): Promise<void> {
  for (const path of dataset.files.keys()) {
    const alone = { ...dataset, files: new Map([[path, dataset.files.get(path)!]]) }
    if (!(await isRefused(importer, alone))) continue
    const rest = { ...dataset, files: new Map([...dataset.files].filter(([other]) => other !== path)) }
    const [withIt, without] = await Promise.all([
      importer.read(folderOf(dataset), dataset.options),
      importer.read(folderOf(rest), rest.options),
    ])
    const taken = ({ classes, recordings, withoutSound }: typeof withIt): string =>
      JSON.stringify([classes, recordings, withoutSound])
    if (taken(withIt) !== taken(without)) throw new Error(`rows of the refused file ${path} were taken`)
  }
}

/** Whether the only file of a dataset is refused for what is in it, rather than for what lies beside it. */
async function isRefused(importer: Importer, dataset: Dataset): Promise<boolean> {
  try {
    await importer.read(folderOf(dataset), dataset.options)
    return false
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown.code === 'bad-file' || thrown.code === 'bad-row'
    throw thrown
  }
}
