/** What classes are known by, as far as a step may change it: found by AudioSet's tree, else by words of their names. */
import type { OntologyClass } from '../../../shared/contract/ontology'

interface ClassKind {
  /** Machine ids of AudioSet's ontology: these classes and all that stand under them. */
  mids: readonly string[]
  /** Of classes outside of that tree: one of these words in the name or a synonym, in the singular or the plural. */
  words: readonly string[]
}

const words = (text: string): string[] => text.split(' ')

export const classKinds = {
  /** Instruments, song, bird and whale calls, whistles, sirens and alarms, bells, tones, men's, women's and children's voices. */
  pitched: {
    mids: words(
      '/m/04szw /m/015lz1 /m/02fxyj /m/01w250 /m/020bb7 /m/032n05 /m/07pp_mv /m/04zmvq /m/0284vy3 ' +
        '/m/01v_m0 /m/02fs_r /m/09b5t /m/05zppz /m/02zsn /m/0ytgt /t/dd00002 /t/dd00065 /t/dd00066 /t/dd00067',
    ),
    words: words(
      'piano guitar violin viola cello flute trumpet trombone saxophone clarinet oboe organ harp banjo marimba glockenspiel ' +
        'accordion harmonica music singing song bird chirping rooster hen crow owl whale siren alarm bell chime whistle horn ' +
        'beep tone note baby child male female man woman',
    ),
  },
  /** Clocks, steps, hearts, engines, rotors, sirens. */
  timed: {
    mids: words('/m/01x3z /m/07pbtc8 /m/06h7j /m/01jg02 /m/02mk9 /m/09ct_ /m/03kmc9'),
    words: words('clock tick ticking footstep heartbeat engine helicopter siren metronome train'),
  },
  /** Blows: their attack is most of them. */
  struck: {
    mids: words('/t/dd00099 /t/dd00133 /m/032s66 /m/0l15bq /m/025_jnm /m/07r4wb8 /m/07qc9xj /m/0l14md'),
    words: words('knock knocking clap clapping gunshot shot hammer click snap drum glass tick typing'),
  },
  /** Over within a second. */
  brief: {
    mids: words(
      '/m/01hsr_ /m/01b_21 /m/05tny_ /m/032s66 /m/07r4wb8 /m/07pc8lb /m/025_jnm /m/02p3nc /m/07qrkrw /m/07rjzl8',
    ),
    words: words(
      'dog bark sneeze sneezing cough coughing knock gunshot shot click snap glass hiccup meow cat slam crow rooster',
    ),
  },
  /** Whistles, beeps, chirps: few bands. */
  narrow: {
    mids: words('/m/01w250 /m/0l156k /m/01v_m0 /m/02fs_r /m/03kmc9 /m/020bb7 /m/03vt0'),
    words: words('whistle beep tone siren bird chirping cricket insect mosquito flute'),
  },
  /** They go on without a pause. */
  lasting: {
    mids: words('/m/06mb1 /m/03m9d0z /m/0838f /m/02mk9 /m/0d31p /m/02x984l /m/025wky1 /m/09ct_ /m/02_41 /m/03vt0'),
    words: words(
      'rain wind wave waterfall stream river engine idling fan conditioner vacuum helicopter chainsaw fire cricket drilling',
    ),
  },
  /** Like noise themselves. */
  noisy: {
    mids: words(
      '/m/06mb1 /m/03m9d0z /m/05kq4 /m/0j2kx /m/06wzb /m/07rjwbb /m/07rgkc5 /m/096m7z /m/02x984l /m/025wky1 /m/0d31p',
    ),
    words: words('rain wind wave waterfall steam hiss static noise fan conditioner vacuum'),
  },
  /** Where there are no walls. */
  outdoors: {
    mids: words('/m/06mb1 /m/03m9d0z /m/0jb2l /m/05kq4 /m/09ct_ /m/0k5j /m/0btp2 /t/dd00129'),
    words: words('rain wind thunder thunderstorm wave helicopter airplane aeroplane traffic forest'),
  },
  /** Most of them lies over 4 kHz. */
  high: {
    mids: words('/m/03vt0 /m/07rjwbb /m/01qbl /m/03v3yw /m/07qfgpx /m/039jq'),
    words: words('cricket insect mosquito bat hiss cymbal key jangling glass'),
  },
} satisfies Record<string, ClassKind>

export type ClassKindName = keyof typeof classKinds

/** The kinds of each class, by its id. @param classes a whole ontology: kinds go down its tree */
export function findKinds(classes: readonly OntologyClass[]): Map<string, Set<ClassKindName>> {
  const byId = new Map(classes.map((one) => [one.id, one]))
  return new Map(
    classes.map((one) => {
      const mids = listMids(one, byId)
      const spoken = mids.size > 0 ? null : listWords([one.name, ...one.synonyms])
      const names = Object.keys(classKinds) as ClassKindName[]
      const found = names.filter((name) =>
        spoken === null
          ? classKinds[name].mids.some((mid) => mids.has(mid))
          : classKinds[name].words.some((word) => spoken.has(word)),
      )
      return [one.id, new Set(found)]
    }),
  )
}

/** Machine ids of a class and of all that it stands under. */
function listMids(one: OntologyClass, byId: ReadonlyMap<string, OntologyClass>): Set<string> {
  const seen = new Set([one])
  for (const at of seen)
    for (const id of at.parentIds) {
      const parent = byId.get(id)
      if (parent) seen.add(parent)
    }
  return new Set([...seen].flatMap(({ mid }) => mid ?? []))
}

/** Words in small letters, each also without a plural's s. */
function listWords(names: readonly string[]): Set<string> {
  const found = names.flatMap((name) => name.toLowerCase().split(/[^\p{L}]+/u))
  return new Set(found.flatMap((word) => [word, word.replace(/s$/, '')]))
}
