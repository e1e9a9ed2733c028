// Which URI templates a URI fits. Matching is generous: an expression stands for any text, so that a backend sees every URI it may know.

const regexes = new Map<string, RegExp>()

function regexOf(template: string): RegExp {
  let regex = regexes.get(template)
  if (!regex) {
    const parts = template.split(/(\{[^}]*\})/)
    const source = parts.map(part => {
      if (!/^\{[^}]*\}$/.test(part)) return part.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&')
      return /^\{[?&#/;.+]/.test(part) ? '.*' : '[^/?#]+'
    })
    regex = new RegExp(`^${source.join('')}$`, 's')
    regexes.set(template, regex)
  }
  return regex
}

/** Whether the URI can come from the template (RFC 6570). */
export const fits = (template: string, uri: string): boolean => regexOf(template).test(uri)
