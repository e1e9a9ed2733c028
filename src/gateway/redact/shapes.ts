// Secrets that are known by their shape alone: tokens as the big providers issue them. A shape begins where a run of letters, digits, - and _
// begins, and nowhere else; so nothing is read twice, however a text is made. It names what it is, so that a reader knows what is missing.

interface Shape {
  readonly what: string
  readonly regex: RegExp
}

/** By the two characters that they begin with; `shape` says the whole. `(?![\w-])` ends what has a length of its own. */
const table: readonly (readonly [what: string, beginnings: string, shape: string])[] = [
  ['github-token', 'gh', String.raw`gh[pousr]_[A-Za-z0-9_]{30,255}`],
  ['github-token', 'gi', String.raw`github_pat_[A-Za-z0-9_]{22,255}`],
  ['gitlab-token', 'gl', String.raw`gl(?:pat|dt|ptt|rt|cbt|ft|imt|agent|oas|ffct|soat)-[\w-]{20,300}(?:\.[\w-]{2,40}){0,2}`],
  ['grafana-token', 'gl', String.raw`gl(?:sa_[A-Za-z0-9]{32}_[a-f0-9]{8}|c_[A-Za-z0-9+/=]{32,400})`],
  ['aws-key', 'AK AS AB AC', String.raw`(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![\w-])|ABSK[A-Za-z0-9+/]{100,200}=*`],
  ['tencent-key', 'AK', String.raw`AKID[A-Za-z0-9]{32}(?![\w-])`],
  ['alibaba-key', 'LT', String.raw`LTAI[A-Za-z0-9]{17,22}(?![\w-])`],
  ['anthropic-key', 'sk', String.raw`sk-ant-[\w-]{20,300}`],
  ['openai-key', 'sk', String.raw`sk-(?:proj|svcacct|admin|None)-[\w-]{20,300}`],
  [
    'api-key',
    'sk',
    String.raw`sk-(?:[a-z0-9]{2,12}-){0,3}(?=[\w-]{0,40}\d)(?=[\w-]{0,40}[A-Za-z])[A-Za-z0-9_]{16,300}[\w-]{0,300}|sk_[a-f0-9]{40,64}(?![\w-])`,
  ],
  ['stripe-key', 'sk rk', String.raw`[rs]k_(?:live|test|prod)_[A-Za-z0-9]{10,250}`],
  ['signing-secret', 'wh', String.raw`whsec_[A-Za-z0-9+/]{20,120}=*`],
  ['slack-token', 'xo', String.raw`xox[abcdeoprs](?:\.xox[bp])?-[A-Za-z0-9-]{10,300}`],
  ['slack-token', 'xa', String.raw`xapp-\d-[A-Z0-9]{5,30}-\d{5,20}-[a-f0-9]{20,100}`],
  ['xai-key', 'xa', String.raw`xai-[A-Za-z0-9]{40,120}`],
  ['slack-webhook', 'ho', String.raw`hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/]{20,200}`],
  ['discord-webhook', 'di', String.raw`discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{15,22}/[\w-]{50,100}`],
  ['discord-token', 'M N O', String.raw`[MNO][\w-]{23,27}\.[\w-]{6}\.[\w-]{27,45}(?![\w-])`],
  ['google-key', 'AI', String.raw`AIza[\w-]{35}(?![\w-])`],
  ['google-token', 'ya', String.raw`ya29\.[\w-]{20,2000}`],
  ['google-secret', 'GO', String.raw`GOCSPX-[\w-]{20,40}`],
  ['jwt', 'ey', String.raw`eyJ[\w-]{8,4000}\.[\w-]{4,16000}\.[\w-]{0,4000}(?:\.[\w-]{1,8000}\.[\w-]{1,200})?`],
  ['npm-token', 'np', String.raw`npm_[A-Za-z0-9]{36}(?![\w-])`],
  ['pypi-token', 'py', String.raw`pypi-AgE[\w-]{50,1000}`],
  ['rubygems-key', 'ru', String.raw`rubygems_[a-f0-9]{48}(?![\w-])`],
  ['crates-token', 'ci', String.raw`cio[A-Za-z0-9]{32}(?![\w-])`],
  ['nuget-key', 'oy', String.raw`oy2[a-z0-9]{43}(?![\w-])`],
  ['docker-token', 'dc', String.raw`dckr_(?:pat|oat)_[\w-]{20,80}`],
  ['huggingface-token', 'hf ap', String.raw`(?:hf|api_org)_[A-Za-z0-9]{30,60}(?![\w-])`],
  ['replicate-token', 'r8', String.raw`r8_[A-Za-z0-9]{37}(?![\w-])`],
  ['groq-key', 'gs', String.raw`gsk_[A-Za-z0-9]{40,80}`],
  ['perplexity-key', 'pp', String.raw`pplx-[A-Za-z0-9]{32,80}`],
  ['databricks-token', 'da', String.raw`dapi[a-f0-9]{32}(?:-\d)?(?![\w-])`],
  ['digitalocean-token', 'do', String.raw`do[opr]_v1_[a-f0-9]{64}`],
  ['linear-key', 'li', String.raw`lin_(?:api|oauth)_[A-Za-z0-9]{32,80}`],
  ['notion-token', 'se nt', String.raw`(?:secret|ntn)_[A-Za-z0-9]{40,60}(?![\w-])`],
  ['figma-token', 'fi', String.raw`fig(?:d|u|or?)_[\w-]{30,80}`],
  ['airtable-token', 'pa', String.raw`pat[A-Za-z0-9]{14}\.[a-f0-9]{64}`],
  ['sentry-token', 'sn', String.raw`sntry[su]_[A-Za-z0-9+/=_-]{20,400}`],
  ['sendgrid-key', 'SG', String.raw`SG\.[\w-]{16,32}\.[\w-]{32,64}`],
  ['mailgun-key', 'ke', String.raw`key-[0-9a-f]{32}(?![\w-])`],
  ['brevo-key', 'xk', String.raw`xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}`],
  ['twilio-key', 'SK', String.raw`SK[0-9a-f]{32}(?![\w-])`],
  ['shopify-token', 'sh', String.raw`shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}(?![\w-])`],
  ['square-token', 'sq EA', String.raw`sq0(?:atp|csp)-[\w-]{22,60}|EAAA[\w-]{60}(?![\w-])`],
  ['facebook-token', 'EA', String.raw`EAA(?=[A-Za-z]{0,20}\d)[A-Za-z0-9]{90,300}(?![\w-])`],
  ['vault-token', 'hv', String.raw`hv[sbr]\.[\w-]{24,300}`],
  ['doppler-token', 'dp', String.raw`dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[\w-]{1,40}\.)?[A-Za-z0-9]{40,44}(?![\w-])`],
  ['pulumi-token', 'pu', String.raw`pul-[a-f0-9]{40}(?![\w-])`],
  ['newrelic-key', 'NR', String.raw`NR(?:AK|JS|II|AA|BR)-[A-Za-z0-9]{20,40}`],
  ['postman-key', 'PM', String.raw`PMAK-[a-f0-9]{24}-[a-f0-9]{34}`],
  ['atlassian-token', 'AT', String.raw`AT(?:ATT3|CTT3)[\w-]{60,300}(?:=[0-9A-F]{8})?|ATBB[A-Za-z0-9]{32}(?![\w-])`],
  ['planetscale-token', 'ps', String.raw`pscale_(?:tkn|pw|oauth)_[\w-]{32,80}`],
  ['supabase-key', 'sb', String.raw`sbp_[a-f0-9]{40}(?![\w-])|sb_secret_[\w-]{20,80}`],
  ['netlify-token', 'nf', String.raw`nfp_[A-Za-z0-9]{36,60}`],
  ['fly-token', 'fm fo', String.raw`fm[12]r?_[A-Za-z0-9+/=]{50,2000}|fo1_[\w-]{40,60}`],
  ['render-key', 'rn', String.raw`rnd_[A-Za-z0-9]{28,40}(?![\w-])`],
  ['heroku-key', 'HR', String.raw`HRKU-[\w-]{36,80}`],
  ['contentful-token', 'CF', String.raw`CFPAT-[\w-]{43}`],
  ['dropbox-token', 'sl', String.raw`sl\.(?:u\.)?[\w-]{100,2000}`],
  ['age-key', 'AG', String.raw`AGE-SECRET-KEY-1[A-Z0-9]{58}`],
  ['tailscale-key', 'ts', String.raw`tskey-[a-z]{2,12}-[\w-]{16,80}`],
  ['onepassword-token', 'op', String.raw`ops_eyJ[\w-]{60,4000}=*`],
  ['posthog-key', 'ph', String.raw`phx_[A-Za-z0-9]{32,60}`],
  ['resend-key', 're', String.raw`re_[A-Za-z0-9]{8}_[A-Za-z0-9]{20,30}(?![\w-])`],
  ['tavily-key', 'tv', String.raw`tvly-(?:dev-|prod-)?[A-Za-z0-9]{20,60}`],
  ['firecrawl-key', 'fc', String.raw`fc-[a-f0-9]{32}(?![\w-])`],
  ['brave-key', 'BS', String.raw`BSA[A-Z0-9](?=[\w-]{0,20}\d)[\w-]{26,30}(?![\w-])`],
  ['mcpgw-key', 'mg', String.raw`mgw_[\w-]{20,100}`],
]

/** Which shapes may begin with two characters: looked up for every longer run, so without making a text of them. */
const groups: Shape[][] = [[]]
const groupOf = new Uint16Array(128 * 128)
for (const [what, beginnings, shape] of table)
  for (const beginning of beginnings.split(' ')) {
    const seconds = beginning.length === 2 ? [beginning.charCodeAt(1)] : Array.from({ length: 128 }, (_, code) => code)
    for (const second of seconds) {
      const place = beginning.charCodeAt(0) * 128 + second
      const one = { what, regex: new RegExp(shape, 'y') }
      groupOf[place] = groups.push([...groups[groupOf[place]!]!, one]) - 1
    }
  }

/** These have no beginning of their own: a bot's id and its token, a hash with its data centre, a secret of Azure with its marks in the middle. */
const telegram = /\d{8,10}:AA[\w-]{32,34}(?![\w-])/y
const mailchimp = /[0-9a-f]{32}-us\d{1,2}(?![\w-])/y
const azure = /[\w.-]{0,40}\dQ~[\w~.-]{31,34}(?![\w-])/y
const devops = /[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?![\w-])/y
const terraform = /[A-Za-z0-9]{14}\.atlasv1\.[\w-]{60,80}/y
const refresh = /1\/\/0[\w-]{20,200}/y

const ends = (regex: RegExp, text: string, at: number): number => {
  regex.lastIndex = at
  return regex.test(text) ? regex.lastIndex : -1
}

const COLON = 0x3a
const DOT = 0x2e
const SLASH = 0x2f
const TILDE = 0x7e

export interface Met {
  readonly what: string
  readonly end: number
}

/** Whether a run of that length, before that character, is worth a look. */
export const mayBeShape = (length: number, after: number): boolean =>
  length >= 16 || ((after === DOT || after === COLON || after === SLASH || after === TILDE) && length > 0)

/** The secret that begins with this run of characters, from `start` to `end`, if one does. */
export function shapeAt(text: string, start: number, end: number): Met | undefined {
  const group = groupOf[text.charCodeAt(start) * 128 + text.charCodeAt(start + 1)]
  if (group)
    for (const { what, regex } of groups[group]!) {
      const to = ends(regex, text, start)
      if (to >= 0) return { what, end: to }
    }
  const length = end - start
  const after = text.charCodeAt(end)
  if (after === COLON) return length >= 8 && length <= 10 ? odd('telegram-token', telegram, text, start) : undefined
  if (after === TILDE) return odd('azure-secret', azure, text, start)
  if (after === SLASH) return length === 1 ? odd('google-token', refresh, text, start) : undefined
  if (length === 14) return after === DOT ? odd('terraform-token', terraform, text, start) : undefined
  if (length === 84) return odd('azure-token', devops, text, start)
  return length === 36 || length === 37 ? odd('mailchimp-key', mailchimp, text, start) : undefined
}

function odd(what: string, regex: RegExp, text: string, at: number): Met | undefined {
  const to = ends(regex, text, at)
  return to < 0 ? undefined : { what, end: to }
}
