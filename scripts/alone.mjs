// One process at a time: several clients may launch a checkout's bin/mcpgw at once, and only one may install. Runs on any Node from 20 on.

import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** Does it while no other process does; waits for one that lives, takes over from one that doesn't. `lock` is a file that names the process. */
export async function alone(lock, act) {
  const own = `${lock}.${process.pid}`
  mkdirSync(dirname(lock), { recursive: true })
  writeFileSync(own, String(process.pid))
  try {
    while (!taken(own, lock)) {
      if (alive(lock)) await pause(250)
      else rmSync(lock, { force: true })
    }
    return await act()
  } finally {
    if (ownerOf(lock) === process.pid) rmSync(lock, { force: true })
    rmSync(own, { force: true })
  }
}

/** A link is made whole or not at all: no moment at which the lock is there and names nobody. */
function taken(own, lock) {
  try {
    linkSync(own, lock)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function ownerOf(lock) {
  try {
    return Number(readFileSync(lock, 'utf8'))
  } catch {
    return undefined
  }
}

function alive(lock) {
  try {
    return process.kill(ownerOf(lock), 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}
