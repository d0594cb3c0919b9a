/** What others write, small: read by the importers' tests, and damaged by the fuzzer. */
import { encodeSequenceExample } from '../containers/tf-example'
import { frameRecord } from '../containers/tfrecord'

/** Praat’s long format: intervals and points, quoted quotes, a tier called like the overflow of another. */
export const textgridLong = `File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 4.5 ! seconds
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "bird ""song"" #2"
        xmin = 0
        xmax = 4.5
        intervals: size = 3
        intervals [1]:
            xmin = 0
            xmax = 1.25
            text = ""
        intervals [2]:
            xmin = 1.25
            xmax = 2
            text = "Größe 5! ""x"""
        intervals [3]:
            xmin = 2
            xmax = 4.5
            text = " "
    item [2]:
        class = "TextTier"
        name = "clicks"
        xmin = 0
        xmax = 4.5
        points: size = 1
        points [1]:
            number = 3
            mark = "click"
`

/** The same in its short format. */
export const textgridShort = `File type = "ooTextFile"
"TextGrid"

0
4.5
<exists>
2
"IntervalTier"
"bird ""song"" #2"
0
4.5
3
0
1.25
""
1.25
2
"Größe 5! ""x"""
2
4.5
""
"TextTier"
"clicks"
0 4.5 1
3
"click"
`

const region = (id: string, type: string, start: number, end: number, labels: string[]): object => ({
  id,
  from_name: 'label',
  to_name: 'audio',
  type,
  original_length: 12.5,
  value: { start, end, channel: 0, [type === 'audioregions' ? 'audioregions' : 'labels']: labels },
})

/** Label Studio’s export: regions, texts, choices, predictions, and what is passed over. */
export const labelStudioTasks = JSON.stringify([
  {
    id: 1,
    data: { audio: '/data/upload/3/1a2b3c4d-my%20song.wav' },
    annotations: [
      {
        completed_by: { email: 'anna@example.org' },
        result: [
          region('a1b2', 'labels', 1, 2.5, ['Dog', 'Cat']),
          {
            id: 'a1b2',
            type: 'textarea',
            from_name: 'text',
            to_name: 'audio',
            value: { start: 1, end: 2.5, text: ['far'] },
          },
          region('c3', 'region', 3, 4, ['Cat']),
          { id: 'd4', type: 'choices', from_name: 'scene', to_name: 'audio', value: { choices: ['Outdoor'] } },
        ],
      },
      { completed_by: 7, was_cancelled: true, result: [region('x', 'labels', 0, 1, ['No'])] },
    ],
    predictions: [{ model_version: 'net-2', score: 0.75, result: [region('p', 'audioregions', 5, 6, ['Dog'])] }],
  },
  {
    id: 2,
    data: { audio: '/data/local-files/?d=far/-away.flac' },
    annotations: [{ completed_by: 7, result: [region('b', 'labels', 0, 1, [])] }],
  },
  { id: 3, data: { text: 'no sound' } },
])

/** Its JSON_MIN. */
export const labelStudioMin = JSON.stringify([
  {
    id: 1,
    annotation_id: 4,
    audio: 's3://bucket/my song.wav',
    label: [{ start: 1, end: 2, channel: 0, labels: ['Dog'] }],
  },
])

const aoefEvent = (uuid: string, type: string, coordinates: unknown): object => ({
  uuid,
  recording: 'r1',
  geometry: { type, coordinates },
})

/** Whombat’s AOEF: clips, every geometry, tags, notes, users, predictions, and a tag that is not there. */
export const aoefProject = JSON.stringify({
  version: '1.1.0',
  created_on: '2024-01-01T00:00:00',
  data: {
    uuid: 'p',
    collection_type: 'annotation_project',
    users: [{ uuid: 'u1', username: 'anna' }],
    tags: [
      { id: 0, key: 'species', value: 'Myotis myotis' },
      { id: 1, key: 'event', value: 'Echolocation' },
      { id: 2, key: 'call', value: 'Echolocation' },
    ],
    recordings: [
      { uuid: 'r1', path: 'night/bats.wav', duration: 10, channels: 1, samplerate: 384000, hash: null },
      { uuid: 'r2', path: 'night/far.wav', duration: 3 },
    ],
    clips: [
      { uuid: 'c1', recording: 'r1', start_time: 0, end_time: 5 },
      { uuid: 'c2', recording: 'r2', start_time: 0, end_time: 3 },
    ],
    sound_events: [
      aoefEvent('e1', 'BoundingBox', [1, 20000, 1.5, 60000]),
      aoefEvent('e2', 'TimeInterval', [2, 3]),
      aoefEvent('e3', 'LineString', [
        [3, 100],
        [3.5, 200],
      ]),
      aoefEvent('e4', 'TimeStamp', 4),
    ],
    sound_event_annotations: [
      {
        uuid: '6b1f8e0c-6a52-4d0f-8f5a-9d3a4a6f8a10',
        sound_event: 'e1',
        tags: [0, 1],
        created_by: 'u1',
        notes: [{ message: 'clear' }],
      },
      { uuid: 'a2', sound_event: 'e2', tags: [2] },
      { uuid: 'a3', sound_event: 'e3', tags: [9] },
      { uuid: 'a4', sound_event: 'e4', tags: [] },
    ],
    clip_annotations: [
      {
        uuid: 'ca',
        clip: 'c1',
        tags: [0],
        sound_events: ['6b1f8e0c-6a52-4d0f-8f5a-9d3a4a6f8a10', 'a2', 'a3'],
        notes: [{ message: 'windy' }],
      },
    ],
    sound_event_predictions: [{ uuid: 'sp', sound_event: 'e2', score: 0.5, tags: [[0, 0.75]] }],
    clip_predictions: [{ uuid: 'cp', clip: 'c1', sound_events: ['sp'], tags: [] }],
  },
})

/** JAMS: observations of several namespaces, rows and columns, one without a label. */
export const jamsFile = JSON.stringify({
  file_metadata: { title: 'x', artist: '', release: '', duration: 10, identifiers: {}, jams_version: '0.3.4' },
  annotations: [
    {
      namespace: 'segment_open',
      annotation_metadata: { curator: { name: 'Anna', email: '' } },
      data: [
        { time: 1, duration: 0.1, value: 'dog', confidence: 0.5 },
        { time: 1, duration: 0.1, value: 'cat', confidence: 0.5 },
      ],
      sandbox: {},
    },
    { namespace: 'scaper', data: [{ time: 2, duration: 1, value: { label: 'siren', snr: 6 }, confidence: 1 }] },
    { namespace: 'tag_open', data: { time: [0], duration: [10], value: ['street'], confidence: [null] } },
    {
      namespace: 'pitch_contour',
      data: [{ time: 2, duration: 0, value: { index: 0, frequency: 440 }, confidence: null }],
    },
  ],
  sandbox: {},
})

/** A frame as AudioSet has them, and one at its upper bound. */
export const audiosetFrames = [Uint8Array.from({ length: 128 }, (_, n) => n), new Uint8Array(128).fill(255)]

/** A framed record as AudioSet's bal_train has them, from 30 to 40 s of a video. */
export const audiosetRecord = (ytid: string, labels: number[]): Uint8Array =>
  frameRecord(
    encodeSequenceExample(
      {
        video_id: { kind: 'bytes', values: [ytid] },
        start_time_seconds: { kind: 'floats', values: Float32Array.of(30) },
        end_time_seconds: { kind: 'floats', values: Float32Array.of(40) },
        labels: { kind: 'integers', values: labels },
      },
      { audio_embedding: audiosetFrames.map((bytes) => ({ kind: 'bytes', values: [bytes] })) },
    ),
  )
