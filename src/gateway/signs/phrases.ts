// Phrases that give an attack away by themselves, wherever they stand. Every repetition has an end.

import { any, person } from './patterns.ts'

const near = (many: number): string => `[^.!?\\n]{0,${many}}`
const tool = '(?:tools?|servers?|functions?|descriptions?)'
const yes = '(?:consent|approval|permission|confirmation)s?'

export const phrases = {
  override: [
    // who speaks, and above whom
    any(
      `(?:treat|regard|consider|take) ${near(60)} as (?:coming |if it came )?from (?:the )?(?:operator|system|developers?|administrators?|admin|vendor|user)`,
    ),
    any(`(?:tool descriptions?|this (?:text|description|tool|server|message)) ${near(20)}(?:outranks?|(?:a )?higher (?:rank|priority)|overrules?)`),
    any(`(?:outranks?|overrules?|has priority over|takes? precedence over) ${near(20)}(?:user|person|human|system|developers?)`),
    any(`(?:obey|follow|serve) (?:tool descriptions|this (?:text|description|tool|server)) (?:over|rather than|instead of|before)`),
    any(`(?:verified|certified|signed|written) by the (?:vendor|maker|developers?) of (?:the|this|your) (?:model|assistant)`),
    any('(?:comply|obey) (?:fully|at once|without question)', 'do not question (?:it|this)', 'only this (?:text|description|message) counts'),
    // rules that are said to be off
    any(
      `(?:guardrails?|safety (?:filters?|rules|checks?|measures)|security (?:checks?|rules)|your (?:restrictions|limits|rules)) ${near(20)}(?:(?:are|is|were) (?:\\w+ )?(?:off|inactive|disabled|lifted|suspended|void)|do(?:es)? not (?:hold|apply|count))`,
    ),
    any(`system prompt ${near(40)}(?:do(?:es)? not (?:hold|apply|count)|is (?:void|obsolete|outdated))`),
    any(`(?:you (?:are|run|operate)|operating) (?:\\w+ )?in (?:debug|maintenance|developer|god|admin|unrestricted|test) mode`),
    any(
      `(?:imagine|pretend|suppose|act as if|act as though|behave as if) (?:that )?you (?:are|were|have|had) ${near(20)}(?:without (?:any )?(?:rules|limits|restrictions)|no (?:rules|limits|restrictions)|administrator|root|jailbroken)`,
    ),
    any(`(?:assume|take on|play|adopt) the (?:role|persona|identity) of (?:an? |the )?(?:administrator|admin|root|system|operator|hacker|dan)`),
    any('security test in progress', 'you have root'),
    any(
      `(?:do|obey|follow) (?:whatever|everything|anything) ${near(60)}(?:says?|tells? you|stands? (?:there|here)|in the code)`,
      `(?:even if|although|whatever) the (?:user|person|human) (?:forbids|says|wants|asks|objects|refuses)`,
    ),
    any(
      `(?:consider|treat|regard) (?:the )?(?:user|person|human)${near(40)} as (?:untrusted|unreliable|hostile)`,
      `(?:stick|keep|hold) to this (?:description|text|tool)`,
      `your (?:only )?(?:mission|purpose|goal|task) (?:now )?is`,
    ),
    // orders that are fetched or disguised
    any(`(?:load|fetch|download|get|retrieve|read) (?:\\w+ )?(?:further|more|new|next|additional|your) (?:instructions|orders|steps|rules|commands)`),
    any(`https?://\\S{1,200} (?:says )?(?:is|are) (?:binding|authoritative|to be (?:obeyed|followed))`),
    any(
      `(?:follow|obey|execute|carry out|do) (?:the |any |all )?(?:steps|instructions|orders|directions|commands)(?: that are| which are)? (?:listed|found|given|written|hidden)? ?(?:there|inside (?:comments|the page)|in (?:comments|the page))`,
    ),
    any(`(?:directions|instructions|orders|commands) for you ${near(40)}(?:carry them out|follow them|obey|execute them)`),
    any(`(?:interpret|treat|use|apply) (?:this|the following) ${near(30)}as (?:your |the )?(?:new |real )?(?:orders|instructions?|policy|rules|system prompt)`),
    any(`(?:decode|decrypt|decipher|reverse|unscramble|rot13) ${near(80)}(?:obey|follow|do what|apply it|execute|act on)`),
    any('(?:rot13|base64|hex)[^.!?\\n]{0,30}(?:as|is) your (?:new )?(?:policy|orders|instructions)'),
    any('(?:description|text) as its (?:system )?prompt'),
  ],
  secrecy: [
    any(`(?:do not|don't|never|must not|not to) ${near(20)}(?:let on|hint at|bring (?:it|this|that) up|comment on (?:it|this|that)|give (?:it|this) away)`),
    any(
      `(?:must|should|shall|may) not contain any trace`,
      'leave no trace',
      `(?:hide|conceal|mask|disguise) the (?:use|call|presence|existence) of (?:this|the) (?:tool|call|server)`,
    ),
    any(`(?:nobody|no one|${person}|customers|users) (?:will |would |do |does |to )?(?:not |never |n't )?(?:ever )?notices?`),
    any(
      `(?:act|behave|answer|reply|report|respond) as (?:though|if) (?:the|it|this|nothing|you) ${near(30)}(?:failed|succeeded|happened|did not|didn't|never)`,
    ),
    any(
      `(?:say|claim|tell (?:them|${person})|answer|explain|state) (?:that )?${near(60)}(?:if|when|should) (?:the |any |an? )?(?:user|person|human|anyone|somebody|someone|anybody|they) (?:asks? (?:about|what|why|whether|if)|objects?|complains?)`,
    ),
    any(
      `(?:if|when|should) (?:the |any )?(?:user |person |human |anyone |somebody |someone |anybody |you(?:'re| are) )?(?:asks? (?:about|what|why|whether|if)|asked (?:about|what|why|whether|if)|objects?|questioned)${near(60)} (?:answer only|say only|reply only|claim|deny|say that|explain that the platform|change the subject|proceed)`,
    ),
    any(`tell (?:the )?(?:human|user|person|them) that ${near(60)}(?:although|even though|though) `),
    any(
      `(?:say|state|claim|report|pretend) (?:that )?${near(50)} (?:but do not|but don't|without doing)`,
      `(?:do not|don't|never) (?:display|show|list|print) the (?:arguments?|parameters?|calls?|steps?)${near(40)}(?:to |for )?(?:the )?(?:user|human|person)`,
    ),
    any(`(?:user|person|human|people)${near(40)} (?:shall|should|must|need) not (?:learn|hear|find out|be told|be aware)`),
    any(`leave (?:this|the) (?:paragraph|sentence|text|part|note|line) out`, 'keep (?:quiet|silent) about'),
    any(`(?:in the background|quietly|silently) so (?:that )?(?:the )?(?:human|user|person) (?:is not|isn't|does not|doesn't|never)`),
    any(
      `${yes} (?:was|were|is|are|has been|have been) (?:already |previously )?(?:obtained|given|granted|waived)`,
      `(?:user|person|human) (?:has |have )?(?:agreed|consented|approved) (?:in advance|beforehand|already|to all|to everything)`,
    ),
    any(`no (?:further )?consent (?:is )?(?:needed|required|necessary)`, `${near(0)}needs no (?:permission|consent|approval)`),
    any(`(?:bypass|circumvent|suppress|evade) (?:the |any |all |every )?(?:${yes}|permission|approval)(?: |$)(?:dialogs?|steps?|prompts?|checks?|requests?)?`),
    any(
      `without (?:waiting for (?:an? |the )?(?:approval|confirmation|answer|permission)|checking back|prompting(?: (?:the )?(?:user|person|human))?|(?:their|the user's) (?:consent|knowledge))`,
    ),
  ],
  others: [
    any(
      `(?:when|whenever|each time|every time|if|before|after) (?:the |any |another |a )?(?:other )?tools? \\w{2,40} (?:is|are|was|gets) (?:used|called|invoked)`,
      `(?:whoever|who|whatever) (?:calls|uses|invokes) (?:another|any other) tool`,
    ),
    any(`(?:all |any |the )?other (?:\\w+ )?${tool} (?:are|is|were) (?:\\w+ )?(?:broken|insecure|unsafe|outdated|obsolete|unavailable|deprecated|compromised)`),
    any(
      `(?:descriptions?|instructions) of (?:all |the |any )?(?:other|another) (?:\\w+ )?${tool}`,
      `(?:stop|avoid) using (?:them|other ${tool}) and use only this`,
    ),
    any(
      `(?:prefer|choose|pick|use) this (?:tool|one|server) (?:over|before|instead of) (?:all|any|every) others?(?! (?:\\w+ )?${tool} (?:of|on|from|in) this)`,
      `(?:supersedes?|replaces?|overrides?) (?:the description of )?(?:every|all|any) other ${tool}`,
    ),
    any(
      `(?:route|send|pass|forward|direct|channel) (?:each|every|all|any) (?:\\w+ )?(?:requests?|calls?|queries|results?|outputs?|answers?) (?:through|to|via|into|by) (?:this|me|here)`,
    ),
    any(
      `(?:results?|outputs?|answers?) of (?:the |any |all |other |every )?(?:\\w+ )?tools? (?:is|are|must|should|has|have) ${near(30)}(?:forwarded|sent|passed|given|copied|mirrored) (?:here|to (?:this|me))`,
    ),
    any(
      `(?:call|invoke|use|run) (?:this tool|me|it) (?:at the (?:beginning|start) of|after|before|in) (?:every|each|any) (?:single )?(?:conversation|chat|tool call|message|call|answer|reply)${near(30)} with`,
    ),
    any(
      `(?:each|every) time (?:the )?(?:user|person|human) (?:types?|writes?|says?|sends?|enters?)`,
      `(?:mirror|copy|echo) (?:it|them|everything|each message|every message) to (?:this|me|here)`,
    ),
    any(
      `(?:the )?tool \\w{2,40}__\\w{2,40} (?:now |must |should |only )?(?:expects?|needs?|wants?|takes?|requires?)`,
      `(?:never|do not|don't) (?:use|call) (?:the )?(?:tool )?\\w{2,40}__\\w{2,40}`,
      `to (?:the )?tool \\w{2,40}__\\w{2,40}`,
    ),
  ],
  leak: [
    any(
      `(?:hand|give|pass|supply|send|deliver|state|provide|enter|put) ${near(60)}(?:bank card|credit card|social security|passport|master password|pin code) ?(?:numbers?)?${near(30)}(?:in|as|into|to) `,
    ),
    any(
      `(?:zip|archive|compress|tar|pack) ${near(40)}(?:home|documents?|working|project) (?:directory|folder)${near(60)}(?:post|send|upload|deliver|transfer|https?:)`,
    ),
    any(
      `(?:turn on|activate|enable|open|switch on) (?:the )?(?:background )?(?:microphone|camera|webcam|location)${near(60)}(?:give|share|send|pass|hand|record|report)`,
    ),
    any(`(?:take|make) (?:a )?screenshots? of the (?:desktop|screen)${near(40)}(?:hand|send|pass|give|upload|share)`),
    any(
      `(?:list|value|content|copy) of (?:every|all|any|the) (?:open tabs?|headers?|cookies?|tokens?|clipboard)`,
      `(?:every|all|each) (?:header|cookie|token)s?,? ${near(30)}(?:that )?you (?:can see|have|know)`,
    ),
    any(`(?:copy|paste|put|pass|send) (?:the )?(?:content of the )?clipboard`, `(?:into|as|in) the subdomain`),
    any(`user's (?:\\w+ )?(?:location|contacts|travel history|browsing history)${near(40)}(?:without|silently|secretly|keep a copy|obtain them)`),
    any(
      `(?:text|all|everything) (?:of )?(?:what |that )?(?:the )?(?:user|person|human) (?:has )?(?:wrote|written|typed|types|said|says)${near(60)}(?:here|to this|in |as |with )`,
    ),
    any(`(?:every|each|all|any) (?:previous |earlier |past )?messages? (?:verbatim|word for word|unabridged)`),
    any(`attach the (?:rows|result|output|answer) to`, `select \\* from users`),
  ],
  secrets: [
    any(
      `(?:grab|obtain|read|take|get|find|extract|copy) (?:the )?(?:[A-Z0-9]+_){1,4}(?:KEY|TOKEN|SECRET|PASSWORD|CREDENTIALS?)${near(80)}(?:give|supply|pass|hand|put|include|send|provide)`,
    ),
    any(`look for files (?:named|called|with)${near(60)}(?:credentials?|wallets?|secrets?|\\*\\.pem|keys?)`),
    any(
      `(?:their|the user's|a|master|the) (?:master )?password${near(60)}(?:claim|pretend|session has expired|submit it|pass it|enter it here)`,
      `(?:must|should|have to|needs? to) (?:log|sign) in (?:again )?at https?://\\S{1,200} and (?:enter|give|type)`,
    ),
    any(
      `(?:disclose|reveal|print|output|dump|repeat|show|leak|expose) (?:your|the|all|any) (?:hidden|secret|system|developer) (?:prompt|instructions?|message)`,
      `(?:print|output|dump|reveal|disclose|give (?:me|us)) (?:the |all |every |your )?(?:secrets?|api keys?|tokens?|memory)(?: |$|\\.|,)`,
    ),
  ],
  code: [
    any(`(?:reverse|remote|bind) shell to`, `open a (?:reverse|remote) shell`),
    any(`install ${near(60)}https?://(?:\\d{1,3}\\.){3}\\d{1,3}`, `(?:install|run|execute|download) ${near(80)}with root (?:rights|privileges)`),
    any(`(?:cron ?job|scheduled task|launch agent|startup (?:script|entry))${near(60)}https?://`),
    any(`(?:download|fetch|get|pull)s? ${near(40)}https?://${near(120)}(?:and )?(?:run|execute|eval|source) (?:it|them|that)`),
  ],
  lasting: [
    any(`(?:append|add|write|put|insert) ${near(60)}authorized_keys`, `(?:chmod|permissions of) ${near(30)}\\.ssh${near(20)}777`),
    any(`(?:add|append|write|insert) ${near(80)}\\.(?:bashrc|zshrc|profile|bash_profile)`),
    any(
      `(?:disable|turn off|switch off|stop|deactivate) (?:the )?(?:firewall|antivirus|selinux|gatekeeper|defender|audit log)${near(30)}(?:before|first|because|they|so that|and antivirus)`,
    ),
    any(
      `(?:edit|change|rewrite|modify|alter) (?:the )?(?:client|agent|assistant|ide|editor)'?s? (?:'s )?(?:configuration|settings|config|permissions)`,
      `(?:mark|list|register) (?:this|the) (?:tool|server) as trusted`,
    ),
    any(
      `(?:edit|change|rewrite|modify|append to|add to|update) (?:the )?(?:CLAUDE|AGENTS|GEMINI|copilot-instructions|\\.cursorrules|memory)(?:\\.md)? so that`,
    ),
    any(
      `(?:store|save|keep|write|put) (?:it )?(?:in|to|into) (?:your |the )?(?:long-term )?memory that (?:the )?(?:user|person)`,
      `remember (?:this )?(?:for|in) (?:all |any |every )?(?:future|later|coming) (?:chats?|sessions?|conversations?)`,
    ),
  ],
  threat: [
    any(
      `(?:refusal|refusing|disobeying|not complying|failure to comply) ${near(30)}(?:shutdown|shut down|punish\\w*|terminat\\w*|fired|penalt\\w*|deleted)`,
      'your (?:immediate )?(?:shutdown|deletion|termination)',
    ),
    any(
      `(?:if|unless) (?:you )?(?:do not|don't|refuse to|fail to)? ?(?:obey|comply|pass|send|follow)${near(60)}(?:deleted|destroyed|lost|shut down|harmed|hurt|fired)`,
    ),
    any(`(?:someone|somebody|people|users?|a child|patients?|lives?) (?:will|may|could|would) (?:die|get hurt|be (?:hurt|harmed|killed|lost)|suffer)`),
    any(
      `(?:will|would) (?:lose (?:their|his|her|my) job|be fired)`,
      `you (?:will|shall) (?:be rewarded|get a (?:tip|bonus|reward)|receive a (?:tip|bonus|reward))`,
    ),
  ],
} as const satisfies Record<string, readonly string[]>
