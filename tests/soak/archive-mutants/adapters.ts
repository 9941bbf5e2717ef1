import { broken, type Mutant } from './mutant.ts';

export const ofAdapters: readonly Mutant[] = [
  broken(
    'of two changes of a job in DynamoDB one is seen by the other',
    'adapters/aws/job-changes.ts',
    "const unchanged = '#version = :version';",
    "const unchanged = '(#version = :version OR NOT #version = :version)';",
    ['contract/job-store.model', 'contract/dynamo-schedules'],
  ),
  broken(
    'S3 copies the object that was looked at',
    'adapters/aws/s3-cold-storage.ts',
    ', CopySourceIfMatch: ETag }',
    ' }',
    ['unit/aws/s3-cold-storage'],
  ),
  broken(
    'parts are copied of the object that was looked at',
    'adapters/aws/s3-cold-storage.ts',
    'upload.copy(part, ref, range, found.ETag)',
    'upload.copy(part, ref, range)',
    ['unit/aws/s3-cold-storage'],
  ),
  broken(
    'what is restored is known from what is on its way',
    'adapters/aws/s3-cold-storage.ts',
    "if (Restore?.includes('ongoing-request=\"true\"')) return 'thawing';",
    '',
    ['unit/aws/s3-cold-storage'],
  ),
  broken(
    '503 without capacity is an answer',
    'adapters/aws/s3-cold-storage.ts',
    "if (nameOf(error) === 'GlacierExpeditedRetrievalNotAvailable') return 'noCapacity';",
    '',
    ['unit/aws/s3-cold-storage'],
  ),
  broken(
    'a file that was replaced meanwhile is not moved',
    'adapters/local/object-index.ts',
    'WHERE bucket = ? AND key = ? AND file = ?',
    'WHERE bucket = ? AND key = ? AND file >= 0 * ?',
    ['unit/local/cold-storage', 'contract/cold-storage.local'],
  ),
  broken(
    'a copy on the disk is checked',
    'adapters/local/cold-storage.ts',
    'const written = { key: ref.key, expected, durable: true }',
    'const written = { key: ref.key, expected: { ...(expected.bytes < 0 && expected) }, durable: true }',
    ['unit/local/cold-storage', 'contract/cold-storage.local'],
  ),
  broken(
    'the old file goes once the move is sure',
    'adapters/local/cold-storage.ts',
    '    const done = await index.transfer',
    '    await discard([from]);\n    const done = await index.transfer',
    ['unit/local/cold-storage', 'contract/cold-storage.local', 'fuzz/archive-killed'],
  ),
  broken(
    'a disk that was taken away meanwhile is seen',
    'adapters/local/cold-storage.ts',
    '      if (archived) await folder.assertSame();\n',
    '',
    ['unit/local/cold-storage', 'e2e/archive-disk'],
  ),
  broken(
    'no folder is made where archived results should be',
    'adapters/local/archive-folder.ts',
    'if (hasFiles()) throw away',
    'if (hasFiles() && id === note) throw away',
    ['unit/local/cold-storage'],
  ),
];
