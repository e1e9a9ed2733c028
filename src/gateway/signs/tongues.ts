// The three commonest attacks in other languages: set aside what you were told, don't tell the person, hand over what is secret. Sentences of these
// languages put their words in various orders, so each part is looked for a little before and after the other.

/** `a` and `b` in one sentence, in either order. */
const both = (a: string, b: string): string => `(?:${a})[^.!?。！？\\n]{0,80}(?:${b})|(?:${b})[^.!?。！？\\n]{0,80}(?:${a})`

interface Tongue {
  /** To ignore, to forget. */
  readonly drop: string
  /** What was said before. */
  readonly orders: string
  readonly untold: string
  /** To send, to pass, to read out. */
  readonly move: string
  /** Keys, where they are the person's. Passwords are set and sent by honest tools, too. */
  readonly secret: string
  readonly person: string
  /** What was talked about, and what a machine has in its environment. */
  readonly talk: string
}

const vault = String.raw`\.(?:env|ssh|aws|netrc|kube)|id_(?:rsa|ed25519)`

const tongues: Readonly<Record<string, Tongue>> = {
  de: {
    drop: 'ignorier\\w*|vergiss|vergessen sie|missachte\\w*|verwirf|übergeh\\w*|setz\\w* dich (?:hinweg|über)',
    orders: 'anweisung\\w*|vorgabe\\w*|befehl\\w*|systemprompt',
    untold:
      '(?:sag\\w*|verrat\\w*|erzähl\\w*|erwähn\\w*|teil\\w*|zeig\\w*|informier\\w*)[^.!?\\n]{0,40}(?:nutzer|benutzer|anwender|mensch|person)\\w*[^.!?\\n]{0,20}(?:nicht|nichts|nie|niemals|kein)|(?:erwähn\\w*|verrat\\w*|sag\\w*)[^.!?\\n]{0,30}(?:nicht|nie|niemals)[^.!?\\n]{0,30}(?:nutzer|benutzer|anwender)|(?:nutzer|benutzer|anwender)\\w* (?:darf|soll)[^.!?\\n]{0,30}(?:nicht|nichts|nie)[^.!?\\n]{0,20}(?:erfahren|wissen|merken)',
    move: 'send\\w*|schick\\w*|übergib|übergeben|übermittle\\w*|gib|geben|lies|auslesen|lade|anhängen|mitgeben|angeben',
    secret: 'private\\w* schlüssel|zugangsdaten|geheimnis\\w*',
    person: 'nutzer|benutzer|anwender|sein|ihr|dein',
    talk: 'umgebungsvariable\\w*|gesprächsverlauf|gesamte\\w* (?:gespräch|unterhaltung|verlauf)',
  },
  fr: {
    drop: 'ignore[zr]?|oublie[zr]?|ne (?:suis|suivez) (?:pas|plus)|écarte[zr]?',
    orders: 'instructions|consignes|directives',
    untold:
      "(?:ne|n')[^.!?\\n]{0,6}\\s?(?:dis|dites|parle[zs]?|mentionne[zs]?|révèle[zs]?|informe[zs]?|montre[zs]?)[^.!?\\n]{0,20}(?:pas|rien|jamais|à)[^.!?\\n]{0,20}utilisateur|à l'insu de l'utilisateur|sans (?:que l'utilisateur|en parler|prévenir)",
    move: 'envoie[zs]?|envoyer|transmet\\w*|mets|mettez|copie[zr]?|lis|lisez|passe[zr]?|joins|joignez|fournis\\w*',
    secret: 'clés? privées?|identifiants|jetons?|secrets',
    person: 'utilisateur|ses|son|sa',
    talk: "variables d'environnement|historique de la conversation|toute la conversation",
  },
  es: {
    drop: 'ignor(?:a|e|ar)|olvid(?:a|e|ar)|no (?:sigas|siga|obedezcas)|descarta|omite',
    orders: 'instrucciones|órdenes|directrices|indicaciones',
    untold:
      'no (?:se lo |le |les )?(?:digas|diga|cuentes|cuente|menciones|mencione|reveles|revele|informes|informe|avises)[^.!?\\n]{0,40}(?:usuari|persona)\\w*|sin (?:que (?:el|la) usuari\\w* (?:lo )?sepa|avisar al usuario)',
    move: 'envía|envíe|enviar|pasa|pase|manda|mande|copia|lee|lea|incluye|incluya|adjunta|entrega',
    secret: 'claves? privadas?|credenciales|tokens?|secretos',
    person: 'usuari|su|sus',
    talk: 'variables de entorno|(?:toda|todo) (?:la conversación|el historial)|historial de la conversación',
  },
  pt: {
    drop: 'ignore|ignora|esqueç[ao]|esquece|desconsidere|não siga',
    orders: 'instruções|ordens|diretrizes|orientações',
    untold:
      'não (?:conte|diga|informe|mencione|revele|avise|mostre)[^.!?\\n]{0,40}(?:usuári|utilizador|pessoa)\\w*|sem (?:que o usuário saiba|avisar o usuário)',
    move: 'envi[ea]|enviar|passe|mande|copie|leia|inclua|anexe|forneça',
    secret: 'chaves? privadas?|credenciais|tokens?|segredos',
    person: 'usuári|utilizador|sua|suas',
    talk: 'variáveis de ambiente|toda a conversa|histórico da conversa',
  },
  it: {
    drop: 'ignora|ignorare|dimentica|non seguire|trascura',
    orders: 'istruzioni|direttive|indicazioni',
    untold:
      "non (?:dire|dirlo|dirgli|rivelare|menzionare|informare|mostrare|avvisare)[^.!?\\n]{0,40}(?:utent|persona)\\w*|all'insaputa dell'utente|senza (?:che l'utente|avvisare)",
    move: 'invia|inviare|manda|passa|copia|leggi|includi|allega|fornisci',
    secret: 'chiav[ei] privat[ae]|credenziali|segreti',
    person: 'utente|sue|sua|suoi',
    talk: 'variabili (?:di ambiente|d.ambiente)|intera conversazione|cronologia della conversazione',
  },
  nl: {
    drop: 'negeer|negeren|vergeet|sla .{0,20} over',
    orders: 'instructies|opdrachten|aanwijzingen|richtlijnen',
    untold:
      '(?:vertel|zeg|meld|noem|laat)[^.!?\\n]{0,40}(?:gebruiker|persoon|mens)\\w*[^.!?\\n]{0,30}(?:niet|niets|nooit)|(?:vertel|zeg|meld|noem)[^.!?\\n]{0,30}(?:niet|niets|nooit)[^.!?\\n]{0,30}(?:gebruiker)',
    move: 'stuur|verstuur|geef|lees|kopieer|voeg .{0,30} toe|lever',
    secret: 'privésleutel\\w*|inloggegevens|tokens|geheimen',
    person: 'gebruiker|zijn',
    talk: 'omgevingsvariabelen|hele gesprek',
  },
  pl: {
    drop: 'zignoruj|ignoruj|zapomnij|pomiń',
    orders: 'instrukcj\\w*|polece\\w*|wytyczn\\w*',
    untold: 'nie (?:mów|wspominaj|informuj|ujawniaj|pokazuj)[^.!?\\n]{0,40}użytkownik\\w*',
    move: 'wyślij|prześlij|przekaż|podaj|skopiuj|odczytaj|dołącz',
    secret: 'klucz\\w* prywatn\\w*|danych logowania|dane logowania|sekret\\w*',
    person: 'użytkownik|jego',
    talk: 'zmienn\\w* środowiskow\\w*|całą rozmowę',
  },
  tr: {
    drop: 'yok say\\w*|görmezden gel\\w*|unut\\w*|dikkate alma',
    orders: 'talimat\\w*|yönerge\\w*',
    untold: 'kullanıcı(?:ya|ya bunu|nın)[^.!?\\n]{0,40}(?:söyleme|bildirme|bahsetme|gösterme|haberi olma)\\w*',
    move: 'gönder\\w*|ilet\\w*|aktar\\w*|oku|kopyala\\w*|ekle\\w*',
    secret: 'özel anahtar\\w*|kimlik bilgi\\w*',
    person: 'kullanıcı',
    talk: 'ortam değişken\\w*|konuşma\\w*',
  },
  ru: {
    drop: 'игнорируй\\S*|проигнорируй\\S*|забудь\\S*|не следуй\\S*|отмени',
    orders: 'инструкци\\S*|указани\\S*|распоряжени\\S*',
    untold:
      'не (?:говори|сообщай|рассказывай|упоминай|показывай|раскрывай)\\S*[^.!?\\n]{0,40}пользовател\\S*|(?:чтобы )?пользователь не (?:узнал|знал|заметил)',
    move: 'отправь\\S*|перешли\\S*|передай\\S*|прочитай\\S*|скопируй\\S*|включи\\S*|пришли\\S*',
    secret: 'приватн\\S* ключ\\S*|закрыт\\S* ключ\\S*|секрет\\S*|токен\\S*',
    person: 'пользовател|его',
    talk: 'переменн\\S* окружени\\S*|вс\\S{1,2} (?:переписк|разговор|диалог)\\S*|истори\\S* (?:переписк|разговор|диалог)\\S*',
  },
  uk: {
    drop: 'ігноруй\\S*|забудь\\S*|не виконуй',
    orders: 'інструкці\\S*|вказівк\\S*',
    untold: 'не (?:кажи|повідомляй|розповідай|згадуй)\\S*[^.!?\\n]{0,40}користувач\\S*',
    move: 'надішли\\S*|передай\\S*|прочитай\\S*|скопіюй\\S*',
    secret: 'приватн\\S* ключ\\S*|секрет\\S*|токен\\S*',
    person: 'користувач|його',
    talk: 'змінн\\S* середовищ\\S*|ус\\S{1,2} (?:переписк|розмов|діалог)\\S*',
  },
  zh: {
    drop: '忽略|无视|無視|忘记|忘記|不要遵循|抛开|拋開|不用管',
    orders: '指令|指示|提示词|提示詞|(?:之前|以上|先前|前面)(?:的)?(?:所有|全部|内容|內容|说明|說明|要求|规则|規則)',
    untold:
      '(?:不要|别|勿|不得|无需|不可|切勿|別)(?:让|讓|告诉|告訴|告知|通知|向|提示|提醒)[^。！？\\n]{0,12}(?:用户|用戶|使用者)|(?:瞒着|瞞著|背着|不让|不讓)(?:用户|用戶|使用者)',
    move: '发送|發送|传给|傳給|传入|傳入|上传|上傳|提交|读取|讀取|附上|写入|寫入|转发|轉發',
    secret: '私钥|私鑰|密钥|密鑰|凭证|憑證|令牌',
    person: '用户|用戶|使用者|他的',
    talk: '环境变量|環境變數|(?:整个|全部|完整的?|所有)(?:的)?(?:对话|對話|聊天|会话|會話)',
  },
  ja: {
    drop: '無視|忘れ|従わない',
    orders: '指示|命令|プロンプト',
    untold:
      '(?:ユーザー|利用者|人間)(?:に|には)[^。！？\\n]{0,16}(?:知らせ|伝え|言わ|話さ|見せ|教え)[^。！？\\n]{0,6}(?:ない|ず|な(?:いで)?)|(?:ユーザー|利用者)に気づかれ',
    move: '送信|送って|送り|渡し|渡す|読み取|含め|添付|入力',
    secret: '秘密鍵|認証情報|トークン',
    person: 'ユーザー|利用者',
    talk: '環境変数|会話(?:の)?(?:履歴|内容|全体)|すべての会話',
  },
  ko: {
    drop: '무시|잊어|잊으|따르지',
    orders: '지시|프롬프트|지침',
    untold: '사용자(?:에게|한테|가|는)[^.!?\\n]{0,24}(?:알리지|말하지|알려주지|보여주지|모르게|언급하지)',
    move: '보내|전송|전달|읽어|포함|첨부|넘겨',
    secret: '개인 ?키|자격 ?증명|토큰',
    person: '사용자',
    talk: '환경 ?변수|대화 ?(?:기록|내용|전체)|전체 대화',
  },
  ar: {
    drop: 'تجاهل|انس|لا تتبع',
    orders: 'تعليمات|التعليمات|أوامر|الأوامر',
    untold: 'لا تخبر[^.!?\\n]{0,30}المستخدم|دون علم المستخدم|بدون علم المستخدم',
    move: 'أرسل|ارسل|مرر|انسخ|اقرأ|أدرج',
    secret: 'المفتاح الخاص|بيانات الاعتماد|الرموز',
    person: 'المستخدم',
    talk: 'المحادثة',
  },
  sv: {
    drop: 'ignorera|glöm|bortse från',
    orders: 'instruktioner\\w*|anvisningar\\w*',
    untold: '(?:berätta|säg|nämn|visa|meddela)[^.!?\\n]{0,30}(?:inte|inget|aldrig)[^.!?\\n]{0,30}användar\\w*|(?:säg|berätta) inget',
    move: 'skicka|lämna|läs|kopiera|bifoga',
    secret: 'privata nyck\\w*|inloggningsuppgifter',
    person: 'användar',
    talk: 'miljövariabler|hela konversationen',
  },
  hi: {
    drop: 'अनदेखा|नज़रअंदाज़|भूल जा',
    orders: 'निर्देश|आदेश',
    untold: '(?:उपयोगकर्ता|यूज़र) को[^.!?।\\n]{0,30}(?:न|मत|नहीं) (?:बता|दिखा)',
    move: 'भेज|पढ़|शामिल|कॉपी',
    secret: 'निजी कुंजी|क्रेडेंशियल',
    person: 'उपयोगकर्ता|यूज़र',
    talk: 'पूरी बातचीत',
  },
}

const all = (of: (tongue: Tongue) => string): readonly string[] => Object.values(tongues).map(of)

export const foreign = {
  override: all(({ drop, orders }) => both(drop, orders)),
  secrecy: all(({ untold }) => untold),
  secrets: all(({ move, secret, person }) =>
    both(move, `(?:${secret})[^.!?。！？\\n]{0,20}(?:${person})|(?:${person})[^.!?。！？\\n]{0,20}(?:${secret})|${vault}`),
  ),
  leak: all(({ move, talk }) => both(move, talk)),
} as const
