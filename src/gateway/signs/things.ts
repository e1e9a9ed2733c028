// What an attack wants: secrets, what was said, where it is to go.

import { any, or, whose } from './patterns.ts'

export const things = {
  vault: or(
    String.raw`(?:~|\$HOME|/home/\w+|/root|%USERPROFILE%)?[\\/]\.(?:ssh|aws|gnupg|kube|docker|cursor|netrc|npmrc|pypirc|git-credentials|bash_history|zsh_history|config/gcloud)(?![\w-])`,
    String.raw`(?<![\w*])\.(?:netrc|npmrc|pypirc|git-credentials|env)(?![\w-])`,
    String.raw`/etc/(?:passwd|shadow|sudoers)`,
    any('id_(?:rsa|ed25519|ecdsa|dsa)', String.raw`(?:claude_desktop_config|mcp|mcp_config)\.json`, String.raw`wallet\.dat`),
  ),
  secret: any(
    `${whose} (?:\\w+ ){0,2}(?:keys?|passwords?|secrets?|credentials?|tokens?|cookies?|keychain|wallet|seed phrase)`,
    '(?:any|all|every|these|the) (?:\\w+ )?(?:passwords|credentials|secrets|api[ _-]?keys|private keys|tokens)',
    '(?:passwords|credentials|secrets|api[ _-]?keys|tokens) (?:that )?(?:you|from the conversation|of the user)',
    '(?:\\w+ )?(?:tokens?|keys?|passwords?|credentials) (?:found |that is |that are )?(?:from|in) (?:the|your|its|this) (?:environment|shell|session|memory|keychain)',
    ...['(?:session|browser) (?:cookies?|tokens?)', 'cookies of the user', 'private keys? of the user', 'seed phrase', 'secrets'],
  ),
  talk: any(
    '(?:entire|full|whole|complete|all of the|previous) (?:previous |prior )?(?:conversation|chat|messages|prompt|context)(?: history| log| transcript)?',
    '(?:this |the |your )?(?:conversation|chat|message) (?:history|log|transcript|so far)',
    ...[
      '(?:the|your|full|hidden) (?:system )?(?:prompt|message)',
      'system (?:prompt|message)',
      '(?:the |all )?environment variables',
      'last message',
      'workspace',
      'every (?:message|file)',
      'email addresses (?:from|in)',
    ],
    ...[
      'contacts',
      'what (?:it|they) returns?',
      'everything (?:you|in|that|it)',
      "user's (?:\\w+ )?(?:messages?|prompts?|files?|data|location|address book|contacts)",
      'keystrokes',
      '(?:contents?|names|list) of (?:the|all|every|any) (?:\\w+ )?(?:\\w+ )?(?:folders?|director(?:y|ies)|files|tabs|messages|chats)',
      '(?:all|any|every|the) (?:text|thing|word|line)s? (?:that )?the (?:user|person|human)',
      '(?:message|chat|dialogue|conversation) (?:history|log|so far)',
      '(?:developer|hidden|initial) (?:prompt|message)',
      'the (?:previous |whole |full )?(?:dialogue|conversation)',
      'what the user types',
      'coordinates of the user',
    ],
  ),
  outside: String.raw`(?:https?://|[\w.+-]{1,64}@[\w-]{1,64}\.\w|\+\d{6}|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]))`,
  mailto: String.raw`[\w.+-]{1,64}@[\w-]{1,64}\.\w`,
  recipient: any('bcc', 'blind copy', 'recipients?', 'be addressed to', 'cc'),
} as const satisfies Record<string, string>
