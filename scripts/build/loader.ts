// The main of the binary: runs the part that every start needs; that one loads the others when it needs them.

import { getAssetKeys, getRawAsset } from 'node:sea'
import { run } from './parts.ts'

const sealed = new Set(getAssetKeys())
run(file => (sealed.has(file) ? Buffer.from(getRawAsset(file) as ArrayBuffer) : undefined), require)
