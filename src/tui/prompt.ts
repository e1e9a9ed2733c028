// What is typed at the bottom: a filter, a command, or a yes. Nothing that is typed here means anything to a list.

import type { Effect, Model, ViewName } from './model.ts'
import { tabs, tell } from './model.ts'
import { given, UNREAD_MS } from './questions.ts'
import { shown } from './show.ts'

/** A character or more of text, or a key by its name. */
type Typed = string | { readonly key: string }

/** What is typed changes the prompt, or ends it. */
export function prompted(model: Model, typed: Typed): readonly Effect[] {
  const prompt = model.prompt!
  if (prompt.kind === 'confirm') {
    // What was typed before anybody could read the question is no answer to it.
    if (model.now - prompt.sinceAt < UNREAD_MS) return []
    model.prompt = undefined
    if (typed === prompt.other?.key) return [prompt.other.effect]
    if (typed !== 'y') return []
    const { effect } = prompt
    if (effect.kind === 'run') model.pane = { kind: 'output', top: 0, title: effect.text }
    return [effect]
  }
  const name = typeof typed === 'string' ? undefined : typed.key
  if (name === 'esc' || name === 'ctrl+c') {
    if (prompt.kind === 'filter') model.filters[model.view] = ''
    model.prompt = undefined
    return []
  }
  if (name === 'enter') {
    model.prompt = undefined
    if (prompt.kind === 'filter') return []
    return prompt.kind === 'command' ? commanded(model, prompt.text.trim()) : given(model, prompt.kind, prompt.text.trim())
  }
  if (name === 'backspace' && prompt.text === '') {
    model.prompt = undefined
    return []
  }
  const before = prompt.text
  prompt.text = edited(prompt.text, typed)
  if (prompt.kind === 'filter') {
    model.filters[model.view] = prompt.text
    return []
  }
  if (prompt.kind !== 'command') return []
  if (name === 'tab') prompt.text = completed(prompt.text, prompt.choices)
  return prompt.text === before ? [] : [{ kind: 'complete', text: prompt.text }]
}

function edited(text: string, typed: Typed): string {
  if (typeof typed === 'string') return (text + typed).slice(0, 2000)
  if (typed.key === 'backspace') return [...text].slice(0, -1).join('')
  if (typed.key === 'ctrl+w') return text.replace(/\S*\s*$/, '')
  if (typed.key === 'ctrl+u') return ''
  return text
}

/** The last word, as far as all choices agree; with one choice, all of it. */
function completed(text: string, choices: readonly string[]): string {
  const [, before, last] = /^(.*?)(\S*)$/s.exec(text) as unknown as [string, string, string]
  const fitting = choices.filter(one => one.startsWith(last))
  if (fitting.length === 0) return text
  const [first] = fitting as [string]
  let common = first.length
  while (!fitting.every(one => one.startsWith(first.slice(0, common)))) common--
  return `${before}${first.slice(0, common)}${fitting.length === 1 ? ' ' : ''}`
}

/** Commands without an end would never give the window back. */
const endless = [/^(tui|stdio|serve|watch|login|completion)\b/, /^config edit\b/, /^(log|backends logs)\b.* (-f|--follow)\b/]

/** A view by its name, or a command of the command line. */
function commanded(model: Model, text: string): readonly Effect[] {
  const command = text.replace(/^mcpgw\s+/, '')
  if (command === '') return []
  if (/^(q|quit|exit)$/.test(command)) return [{ kind: 'quit' }]
  const view = tabs.find(one => one.view === (command === 'log' ? 'activity' : command))?.view as ViewName | undefined
  if (view) return shown(model, view)
  if (model.remote !== undefined) {
    tell(model, `commands act on this machine: type them where ${model.remote} is`, 'warn')
    return []
  }
  if (endless.some(one => one.test(`${command} `))) {
    tell(model, `"${command}" goes on until it is stopped: type it in another terminal`, 'warn')
    return []
  }
  model.pane = { kind: 'output', top: 0, title: command }
  return [{ kind: 'run', text: command }]
}
