/** Sound datasets of every format, small, in the layouts that their readers know: what is damaged, and what stays right. */
import { exporters, findExporter } from '../../exporters/exporter'
import { makeRichClips } from '../made-clips'
import { writeInMemory } from '../read-again'
import {
  aoefProject,
  audiosetRecord,
  jamsFile,
  labelStudioMin,
  labelStudioTasks,
  textgridLong,
  textgridShort,
} from '../sample-texts'
import { type Dataset, datasetOf } from './dataset'
import { concat } from './mutate-bytes'

/** What each exporter that an importer reads again has written of clips with everything that a catalog can say. */
function exportsFor(importer: string): Dataset[] {
  return exporters
    .filter((exporter) => exporter.importer === importer)
    .map(({ id }) => {
      const { files, sounds } = writeInMemory(findExporter(id), makeRichClips())
      return datasetOf(files, sounds)
    })
}

const lines = (...all: string[]): string => [...all, ''].join('\n')

const esc50 = datasetOf(
  {
    'meta/esc50.csv': lines(
      'filename,fold,target,category,esc10,src_file,take',
      '1-100032-A-0.wav,1,0,dog,True,100032,A',
      '-5-9032-A-14.wav,5,14,"chirping, birds",False,9032,A',
    ),
  },
  ['audio/1-100032-A-0.wav', 'audio/-5-9032-A-14.wav'],
)

const urbansound8k = datasetOf(
  {
    'metadata/UrbanSound8K.csv': lines(
      'slice_file_name,fsID,start,end,salience,fold,classID,class',
      '100032-3-0-0.wav,100032,0.0,0.317551,1,5,3,dog_bark',
      '7061-6-0-0.wav,7061,0.0,1.55,2,10,6,gun_shot',
    ),
  },
  ['audio/fold5/100032-3-0-0.wav', 'audio/fold10/7061-6-0-0.wav'],
)

const guitar = '"Electric_guitar,Guitar,Music","/m/02sgy,/m/0342h,/m/04rlf"'
const fsd50k = datasetOf(
  {
    'FSD50K.ground_truth/vocabulary.csv': lines(
      '1,Bark,/m/05tny_',
      '2,Electric_guitar,/m/02sgy',
      '3,Guitar,/m/0342h',
      '4,Music,/m/04rlf',
    ),
    'FSD50K.ground_truth/dev.csv': lines(
      'fname,labels,mids,split',
      `64760,${guitar},train`,
      '16399,Bark,/m/05tny_,val',
    ),
    'FSD50K.ground_truth/eval.csv': lines('fname,labels,mids', `37199,${guitar}`),
    'FSD50K.metadata/dev_clips_info_FSD50K.json': JSON.stringify({
      64760: { title: 'guitarras', license: 'http://creativecommons.org/licenses/by/3.0/', uploader: 'anna' },
      16399: { title: 'dog', license: 'http://creativecommons.org/publicdomain/zero/1.0/', uploader: 'ben' },
    }),
    'FSD50K.metadata/eval_clips_info_FSD50K.json': JSON.stringify({ 37199: { license: 'CC0', uploader: 'anna' } }),
    'FSD50K.metadata/pp_pnp_ratings_FSD50K.json': JSON.stringify({
      64760: { '/m/02sgy': [1, 1, -1], '/m/05tny_': [-1, -1] },
      16399: { '/m/05tny_': [0.5, 0.5], '/m/04rlf': [0, 0], '/m/0342h': [0.5, 1], '/m/unlisted': [1, 1] },
    }),
  },
  ['FSD50K.dev_audio/16399.wav', 'FSD50K.dev_audio/64760.wav', 'FSD50K.eval_audio/37199.wav'],
)

const tut = datasetOf(
  {
    'meta.txt': lines(
      'audio/b020_0_10.wav\tbeach\tb020',
      'audio/b020_10_20.wav\tbeach\tb020',
      'audio/a001_0_10.wav\tcafe/restaurant\ta001',
    ),
    'error.txt': lines('audio/a001_0_10.wav\t1.5\t2.25\tradio'),
    'evaluation_setup/fold1_train.txt': lines('audio/b020_0_10.wav\tbeach', 'audio/b020_10_20.wav\tbeach'),
    'evaluation_setup/fold1_test.txt': lines('audio/a001_0_10.wav'),
    'evaluation_setup/fold2_train.txt': lines('audio/a001_0_10.wav\tcafe/restaurant'),
    'evaluation_setup/fold2_test.txt': lines('audio/b020_0_10.wav', 'audio/b020_10_20.wav'),
  },
  ['audio/a001_0_10.wav', 'audio/b020_0_10.wav', 'audio/b020_10_20.wav'],
)
const tutUrban = datasetOf(
  {
    'meta.csv': lines(
      'filename\tscene_label\tidentifier\tsource_label',
      'audio/airport-barcelona-0-0-a.wav\tairport\tbarcelona-0\ta',
      'audio/bus-helsinki-20-771-b.wav\tbus\thelsinki-20\tb',
    ),
    'evaluation_setup/fold1_train.txt': lines('audio/airport-barcelona-0-0-a.wav\tairport'),
    'evaluation_setup/fold1_test.txt': lines('audio/bus-helsinki-20-771-b.wav'),
  },
  ['audio/airport-barcelona-0-0-a.wav', 'audio/bus-helsinki-20-771-b.wav'],
)

const speechCommands = datasetOf(
  {
    'validation_list.txt': lines('cat/8b775397_nohash_0.wav'),
    'testing_list.txt': lines('right/bb05582b_nohash_3.wav'),
  },
  [
    '_background_noise_/white_noise.wav',
    'cat/8b775397_nohash_0.wav',
    'cat/0a7c2a8d_nohash_1.wav',
    'right/bb05582b_nohash_3.wav',
  ],
)

const fsdd = datasetOf({}, ['recordings/1_theo_3.wav', 'recordings/2_theo_4.wav', 'recordings/3_nicolas_10.wav'])
const folder = datasetOf({}, ['train/dog/a.wav', 'train/cat/b.flac', 'test/dog/c.ogg'])
const flatFolder = datasetOf({ 'readme.md': 'sounds' }, ['dog/a.wav', 'dog/deep/b.wav', 'cat/c.wav', 'd.wav'])

const classIndices = lines('index,mid,display_name', '0,/m/09x0r,"Speech"', '1,/m/05zppz,"Male speech, man speaking"')
const audiosetSegments = datasetOf(
  {
    'balanced_train_segments.csv': lines(
      '# Segments csv created Sun Mar  5 10:54:31 2017',
      '# num_ytids=2, num_segs=2, num_unique_labels=2, num_positive_labels=3',
      '# YTID, start_seconds, end_seconds, positive_labels',
      '--PJHxphWEs, 30.000, 40.000, "/m/09x0r,/m/05zppz"',
      '-0SdAVK79lg, 0.000, 2.500, "/t/dd00088"',
    ),
    'eval_segments.csv': lines('# YTID, start_seconds, end_seconds, positive_labels', 'abc, 0.0, 10.0, "/m/09x0r"'),
    'class_labels_indices.csv': classIndices,
  },
  ['audio/Y-0SdAVK79lg.wav', 'audio/abc.wav'],
)
const audiosetOntology = JSON.stringify([
  { id: '/m/09x0r', name: 'Speech', description: 'x', child_ids: ['/m/05zppz'], restrictions: [] },
  { id: '/m/05zppz', name: 'Male speech, man speaking', description: '', child_ids: [], restrictions: ['abstract'] },
  { id: '/t/dd00088', name: 'Gargling', description: '', child_ids: ['/m/05zppz'], restrictions: ['blacklist'] },
])
const audiosetByOntology = datasetOf({
  'unbalanced_train_segments.csv': lines('--PJHxphWEs, 30.000, 40.000, "/m/09x0r,/m/05zppz"'),
  'ontology.json': audiosetOntology,
})
const audiosetStrong = datasetOf(
  {
    'audioset_train_strong.tsv': lines(
      'segment_id\tstart_time_seconds\tend_time_seconds\tlabel',
      'b0RFKhbpFJA_30000\t0.000\t10.000\t/m/03m9d0z',
      '-0RFKhbpFJA_0\t4.753\t5.720\t/m/05tny_',
    ),
    'mid_to_display_name.tsv': lines('/m/03m9d0z\tWind', '/m/05tny_\tBark'),
  },
  ['b0RFKhbpFJA_30000.wav'],
)

const desed = datasetOf(
  {
    'strong.tsv': lines(
      'filename\tonset\toffset\tevent_label',
      'Y00pbt6aJV8Y_350.000_360.000.wav\t0.000\t9.971\tSpeech',
      'Y00pJMB9YOFs_30.000_40.000.wav\t\t\t',
    ),
    'weak.tsv': lines('filename\tevent_labels', 'Y-0.wav\tDog,Speech'),
    'metadata/headless_strong.tsv': lines('a.wav\t1.5\t2.5\tDishes'),
  },
  ['audio/Y-0.wav', 'audio/Y00pbt6aJV8Y_350.000_360.000.wav'],
)

const audioFolderJsonl = datasetOf(
  {
    'train/metadata.jsonl': lines(
      JSON.stringify({ file_name: 'a.wav', label: 'dog', segments: [{ start: 0.5, end: 1, labels: ['dog'] }] }),
      JSON.stringify({ file_name: '-b.wav', labels: ['cat', 'rain'], absent: ['dog'], site: { x: [1] } }),
    ),
  },
  ['train/a.wav', 'train/-b.wav'],
)

const nemo = datasetOf(
  {
    'train_manifest.json': lines(
      JSON.stringify({ audio_filepath: 'a.wav', duration: 1.5, text: 'yes', offset: 0.25 }),
      JSON.stringify({ audio_filepath: '/far/-b.wav', duration: 3, label: 'no', speaker: 7 }),
    ),
  },
  ['a.wav'],
)

const kaldi = datasetOf(
  {
    'wav.scp': lines('rec1 a.wav', 'rec2 sph2pipe -f wav -p b.wav |', '-rec3 /far/c.wav'),
    segments: lines('anna-1 rec1 0.5 1.25', 'anna-2 rec1 2 -1', 'ben-1 -rec3 0 4'),
    utt2spk: lines('anna-1 anna', 'anna-2 anna', 'ben-1 ben'),
    text: lines('anna-1 ONE TWO', 'ben-1 dog'),
    utt2class: lines('ben-1 dog;sea waves'),
  },
  ['a.wav', 'b.wav'],
)

const tfrecordEmbeddings = datasetOf({
  'bal_train/0a.tfrecord': concat(audiosetRecord('-0RWZT-miFs', [0, 1, 500]), audiosetRecord('abc', [1])),
  'class_labels_indices.csv': classIndices,
})

const audacity = datasetOf(
  {
    'a.txt': lines('0.500000\t2.250000\tdog', '1.000000\t3.000000\tbird', '\\\t2000.000000\t-1.000000'),
    'b.txt': lines('4.000000\t4.000000\tclick', '5.0 6.0 spaces', '7.25\tone time'),
  },
  ['a.wav'],
)

const ravenHead = 'Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)'
const raven = datasetOf(
  {
    'a.Table.1.selections.txt': lines(
      `${ravenHead}\tSpecies`,
      '1\tWaveform 1\t1\t0.5\t2.25\t\t\tWren',
      '1\tSpectrogram 1\t1\t0.5\t2.25\t2000\t8000.5\tWren',
    ),
    'b.selections.txt': lines(
      `${ravenHead}\tBegin Path\tFile Offset (s)\tCommon Name\tConfidence`,
      '1\tSpectrogram 1\t1\t1\t2\t10\t20\tC:\\field\\day 1\\a.wav\t1\tWren\t0.9',
      '2\tSpectrogram 1\t1\t185.5\t187\t10\t20\tC:\\field\\day 1\\-c.wav\t5.5\tRobin\t0.5',
    ),
    'x.listfile.txt': lines('a.wav', 'C:\\field\\day 1\\c.wav'),
  },
  ['a.wav', 'c.wav'],
)

const textgrid = datasetOf({ 'a.TextGrid': textgridLong, 'b.TextGrid': textgridShort }, ['a.wav'])

const labelStudio = datasetOf({ 'a.json': labelStudioTasks, 'b.json': labelStudioMin }, ['my song.wav'])

const aoef = datasetOf({ 'a.json': aoefProject, 'b.json': aoefProject.replaceAll('night/', 'day/') }, ['bats.wav'])

const jams = datasetOf({ 'a.jams': jamsFile, 'b.jams': jamsFile }, ['a.wav'])

const cvat = datasetOf(
  {
    'a.tsv': lines(
      'id\tfilename\tstart\tstop\tlabel\tsource\tscore\tmood',
      '1\tday/-a.wav\t00:00:01.500\t00:01:02.25\tdog\tmanual\t\tcalm',
      '2\tday/-a.wav\t01:00:00\t01:00:01\tcat\tauto\t0.75\t',
    ),
    'b.tsv': lines('start\tstop\tlabel', '1\t2\tdog'),
  },
  ['day/-a.wav', 'b.wav'],
)

const tasteProfile = datasetOf(
  {
    'train_triplets.txt': lines(
      'b80344d063b5ccb3212f76538f3d9e43d87dca9e\tSOAKIMP12A8C130995\t1',
      'b80344d063b5ccb3212f76538f3d9e43d87dca9e\tSOAPDEY12A81C210A9\t12',
      '-85c1f87fea955d09b4bec2e36aee110927aedf9\tSOAKIMP12A8C130995\t3',
      'b80344d063b5ccb3212f76538f3d9e43d87dca9e\tSOBBMDR12A8C13253B\t2',
    ),
    'year1_test_triplets_visible.txt': lines('anna\tSOAPDEY12A81C210A9\t2', 'anna\tSOAKIMP12A8C130995\t9667'),
    'taste_profile_song_to_tracks.txt': lines(
      'SOAKIMP12A8C130995\tTRMMMYQ128F932D901',
      'SOAPDEY12A81C210A9\tTRMMMKD128F425225D\tTRMMMRX128F93187D9',
      'SOBBMDR12A8C13253B',
    ),
    'sid_mismatches.txt': lines(
      'ERROR: <SOBBMDR12A8C13253B TRMMGKQ128F9325E10> Linkwood  -  Whats up with the Underground  !=  A  -  B',
    ),
  },
  ['SOAKIMP12A8C130995.mp3', 'M/M/TRMMMRX128F93187D9.mp3'],
)

const table = datasetOf(
  {
    'a.csv': lines(
      'File Name;Onset;Offset;Event Label;Confidence',
      'a.wav;0,5;1,5;dog;0,9',
      '-b.wav;2;3;"rain; heavy";',
    ),
    'b.csv': lines('file,label,split,site', 'a.wav,dog,train,x', 'b.wav,"cat, big",test,y'),
  },
  ['a.wav', 'b.wav'],
)
const tableAsSaid = datasetOf(
  { 't.tsv': lines('clip\tt0\tlen\twhat\tweather', 'a.wav\t1500\t500\tdog|cat\tsunny', 'b.wav\t\t\tmusic\train') },
  ['a.wav', 'b.wav'],
  {
    table: {
      columns: { file: 'clip', start: 't0', duration: 'len', label: 'what' },
      labelSeparator: '|',
      timeUnit: 'ms',
    },
  },
)

/** By the importer's id: what others have written, and what Earmark writes. */
const byHand: Readonly<Record<string, readonly Dataset[]>> = {
  esc50: [esc50],
  urbansound8k: [urbansound8k],
  fsd50k: [fsd50k],
  'dcase-scenes': [tut, tutUrban],
  'speech-commands': [speechCommands],
  fsdd: [fsdd],
  'audioset-csv': [audiosetSegments, audiosetByOntology],
  'audioset-strong': [audiosetStrong],
  desed: [desed],
  'audio-folder': [audioFolderJsonl],
  webdataset: [],
  nemo: [nemo],
  kaldi: [kaldi],
  tfrecord: [tfrecordEmbeddings],
  npz: [],
  audacity: [audacity],
  raven: [raven],
  textgrid: [textgrid],
  'label-studio': [labelStudio],
  aoef: [aoef],
  jams: [jams],
  cvat: [cvat],
  'taste-profile': [tasteProfile],
  table: [table, tableAsSaid],
  folder: [folder, flatFolder],
}

/** @returns the datasets of a format, none where nobody has given any */
export function corpusOf(importer: string): Dataset[] {
  return [...(byHand[importer] ?? []), ...exportsFor(importer)]
}

/** The ontologies of files that `readOntology` reads. */
export const ontologies: Readonly<Record<string, string>> = {
  'ontology.json': audiosetOntology,
  'classes.csv': lines('name,code,mid', 'dog,3,/m/0bt9lr', '"rain, heavy",4,', 'cat'),
}
