// A reporter for node:test that says only which files had a test that failed, a line each.

import type { TestEvent } from 'node:test/reporters'
import { relative } from 'node:path'

export default async function* failed(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Set<string>()
  for await (const { type, data } of events) if (type === 'test:fail' && data.file !== undefined) files.add(relative(process.cwd(), data.file))
  for (const file of files) yield `${file}\n`
}
