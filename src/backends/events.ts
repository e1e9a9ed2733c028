// Server-sent events, from bytes (HTML living standard, 9.2.6). Why not eventsource-parser: it reads strings, so that one event of 100 MB took it
// 414 MiB where this takes 225; and past its limit it stops for good, while here that one event is dropped and the next ones are read.

import { read, type Wire } from '../rpc/wire.ts'
import { Gather, wireOf } from '../rpc/gather.ts'

export interface EventReceiver {
  /** One event with data; its type is 'message' unless it says another. */
  event(type: string, data: Wire): void
  /** An event over the limit was dropped. */
  oversize(head: string, tail: string, bytes: number): void
  /** How long to wait before connecting again. */
  retry?(ms: number): void
}

const LF = 0x0a
const CR = 0x0d
const COLON = 0x3a
const SPACE = 0x20
const BOM = [0xef, 0xbb, 0xbf]
const NAME_MAX = 'retry'.length
const VALUE_MAX = 8192
const LINE_END = Buffer.from('\n')

const next = (chunk: Buffer, code: number, from: number): number => {
  const at = chunk.indexOf(code, from)
  return at < 0 ? Infinity : at
}

export class Events {
  /** The id of the last whole event: from there a stream is resumed. */
  lastId = ''
  readonly #to: EventReceiver
  readonly #data: Gather
  #bom = 0
  #afterReturn = false
  #name = ''
  /** Which field the line is, once its colon was seen; '' for one that means nothing. */
  #field: string | undefined
  #spaceSeen = false
  #value = ''
  #type = ''
  #id: string | undefined
  #dataLines = 0

  constructor(to: EventReceiver, limit: number, lastId = '') {
    this.#to = to
    this.#data = new Gather(limit)
    this.lastId = lastId
  }

  push(chunk: Buffer): void {
    let at = 0
    while (this.#bom < BOM.length && at < chunk.length) {
      if (chunk[at] !== BOM[this.#bom]) this.#bom = BOM.length
      else {
        this.#bom++
        at++
      }
    }
    let lf = -1
    let cr = -1
    while (at < chunk.length) {
      if (this.#afterReturn) {
        this.#afterReturn = false
        if (chunk[at] === LF) {
          at++
          continue
        }
      }
      if (lf < at) lf = next(chunk, LF, at)
      if (cr < at) cr = next(chunk, CR, at)
      const end = Math.min(lf, cr)
      this.#piece(chunk, at, Math.min(end, chunk.length))
      if (end === Infinity) return
      this.#lineEnd()
      this.#afterReturn = end === cr
      at = end + 1
    }
  }

  /** The stream ended as it should. An event that only lacks its blank line is read, if what it holds is whole. */
  end(): void {
    if (this.#field !== undefined || this.#name !== '') this.#lineEnd()
    if (this.#dataLines === 0 || this.#data.over) return
    this.#dataLines = 0
    const data = wireOf(this.#data.take())
    try {
      read(data)
    } catch {
      return
    }
    this.#to.event(this.#type || 'message', data)
  }

  /** A part of one line. */
  #piece(chunk: Buffer, from: number, to: number): void {
    while (this.#field === undefined && from < to) {
      const code = chunk[from++]!
      if (code === COLON) this.#begin()
      else if (this.#name.length === NAME_MAX) this.#field = ''
      else this.#name += String.fromCharCode(code)
    }
    if (from < to && !this.#spaceSeen) {
      this.#spaceSeen = true
      if (chunk[from] === SPACE) from++
    }
    if (from === to || this.#field === '') return
    if (this.#field === 'data') this.#data.add(chunk.subarray(from, to))
    else if (this.#value.length + to - from > VALUE_MAX) this.#field = ''
    else this.#value += chunk.toString('latin1', from, to)
  }

  #begin(): void {
    this.#field = this.#name === 'data' || this.#name === 'event' || this.#name === 'id' || this.#name === 'retry' ? this.#name : ''
    if (this.#field === 'data' && this.#dataLines++ > 0) this.#data.add(LINE_END)
  }

  #lineEnd(): void {
    if (this.#field === undefined) {
      if (this.#name === '') return this.#dispatch()
      this.#begin()
    }
    if (this.#field === 'event') this.#type = this.#value
    else if (this.#field === 'id' && !this.#value.includes('\0')) this.#id = this.#value
    else if (this.#field === 'retry' && /^\d{1,12}$/.test(this.#value)) this.#to.retry?.(Number(this.#value))
    this.#name = this.#value = ''
    this.#field = undefined
    this.#spaceSeen = false
  }

  #dispatch(): void {
    const type = this.#type || 'message'
    if (this.#id !== undefined) this.lastId = this.#id
    this.#type = ''
    this.#id = undefined
    this.#dataLines = 0
    const { size, over, ends } = this.#data
    if (size === 0) return
    const bytes = this.#data.take()
    if (over) this.#to.oversize(ends.head, ends.tail, size)
    else this.#to.event(type, wireOf(bytes))
  }
}
