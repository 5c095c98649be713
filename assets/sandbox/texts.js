// All words of the page in German and English, and how times are written. Also holds the page's idea of "now".

const TEXTS = {
  de: {
    title: 'Sandbox', skip: 'Zur Eingabe springen', conversation: 'Gespräch', messages: 'Nachrichten',
    channels: 'Kanäle und Server', people: 'Mitglieder', showPeople: 'Mitglieder zeigen', menu: 'Kanäle zeigen', close: 'Schließen',
    actingAs: 'Ich bin', language: 'Sprache', theme: 'Farben', themeAuto: 'System', themeLight: 'hell', themeDark: 'dunkel',
    direct: 'Direktnachrichten', writeBot: 'Dem Bot schreiben', threads: 'Threads', posts: 'Beiträge',
    locked: 'nur für manche sichtbar', archived: 'archiviert', unread: 'ungelesen', botOffline: 'Bot ist nicht verbunden',
    offlineHint: 'Der Bot ist gerade nicht verbunden. Nachrichten gehen, Befehle warten lieber einen Augenblick.',
    kinds: { agent: 'Team', lead: 'Leitung', customer: 'Kundschaft', admin: 'Verwaltung', bot: 'Bot' }, others: 'Weitere',
    online: 'Verbunden', bot: 'Bot', you: 'du', placeholder: 'Nachricht an {where}, oder / für Befehle', placeholderShort: 'Nachricht oder /', send: 'Senden', compose: 'Nachricht schreiben',
    commandsButton: 'Befehle zeigen', forumHint: 'Hier stehen Beiträge. Neue legt der Bot an.', forumEmpty: 'Noch kein Beitrag.',
    empty: 'Hier ist es noch still.', begin: 'Hier beginnt {where}.', older: 'Ältere Nachrichten werden geholt …', toNewest: 'Zu den neuesten', newBelow: '{n} neue Nachrichten',
    newBelow1: '1 neue Nachricht', onlyYou: 'Nur du kannst das sehen', dismiss: 'Ausblenden', edited: 'bearbeitet', thinking: '{bot} denkt nach …',
    used: '{who} hat {what} benutzt', usedMenu: '{who} hat „{what}“ gewählt', replyTo: 'Antwort auf {who}', replying: 'Antwort an {who}', cancelReply: 'Antwort abbrechen', gone: 'Ursprüngliche Nachricht nicht da',
    typing: '{who} schreibt …', more: 'Menü zur Nachricht von {who}', reply: 'Antworten', copyText: 'Text kopieren', copyLink: 'Link kopieren', copied: 'Kopiert.',
    commandsOf: 'Befehle von {bot}', noMenu: 'Keine weiteren Befehle', userMenu: 'Menü zu {who}', actAs: 'Als {who} weitermachen', mention: 'Erwähnen',
    threadStarted: '{who} hat einen Thread begonnen: ', pinned: '{who} hat eine Nachricht angepinnt.', joined: '{who} ist dazugekommen.', renamed: '{who} hat den Namen geändert: ',
    palette: 'Befehle', paletteEmpty: 'Kein Befehl passt dazu.', paletteHint: '↑ ↓ wählen · Enter nehmen · Esc schließen', run: 'Ausführen', cancel: 'Abbrechen',
    required: 'nötig', optional: 'Noch möglich:', addOption: '{name} hinzufügen', removeOption: '{name} weglassen', optionHint: 'Tab zum nächsten Feld · Strg+Enter führt aus · Esc bricht ab',
    missing: '{name} fehlt noch.', pick: 'Bitte bei {name} einen Vorschlag wählen.', noNumber: '{name} braucht eine Zahl.', between: '{name}: zwischen {min} und {max}.', length: '{name}: {min} bis {max} Zeichen.',
    noSuggestion: 'Kein Vorschlag', suggestions: '{n} Vorschläge', yes: 'Ja', no: 'Nein', notHere: 'Dateien lassen sich hier nicht mitgeben.',
    choose: 'Auswählen', apply: 'Übernehmen', submit: 'Absenden', minLength: 'Mindestens {n} Zeichen.', charsLeft: 'noch {n} Zeichen', fieldRequired: 'Dieses Feld ist nötig.',
    failed: 'Der Bot hat nicht rechtzeitig geantwortet. Es ist nichts verloren, bitte noch einmal versuchen.', failedWhy: 'Das hat nicht geklappt: {why}', notSent: 'Die Nachricht ist nicht angekommen. Dein Text steht noch da.',
    lost: 'Verbindung zur Sandbox verloren. Sie wird von selbst wiederhergestellt.', back: 'Wieder verbunden.', noServer: 'Die Sandbox antwortet nicht. Läuft das Programm noch?',
    workshop: 'Werkstatt', clock: 'Uhr', plusHour: '+1 Stunde', plusQuarter: '+15 Minuten', tomorrow9: 'morgen 9:00', monday9: 'Montag 9:00', nextDue: 'bis zum Nächsten, was ansteht', nextIs: 'Als Nächstes steht an: {when}', nothingDue: 'Es steht nichts an.', sample: 'Beispieldaten', sampleHint: 'Server, Personen und ihre Nachrichten sind Beispieldaten.', toTime: 'Auf diese Zeit', setClock: 'Stellen',
    zone: 'Zeiten in {zone}', clockMoved: 'Die Uhr steht auf {when}.', faults: 'Störungen', faultsHint: 'Was im echten Betrieb schiefgehen kann, hier auf Knopfdruck.', armed: 'Gesetzt', none: 'Nichts ist gesetzt.',
    disarm: 'Alle aufheben', faultSet: 'Gesetzt: {name}', faultDone: 'Erledigt: {name}', faultGone: 'Alle Störungen sind aufgehoben.', count: 'Wie oft', inspector: 'Anfragen des Bots', inspectorHint: 'Jede Anfrage, geprüft an Discords Beschreibung seiner Schnittstelle und an den dokumentierten Grenzen.',
    noRequests: 'Noch keine Anfrage.', fine: 'in den Grenzen', breaches: '{n} Hinweise', breaches1: '1 Hinweis', ack: 'Antwort nach {n} ms', pings: 'Benachrichtigt: {who}', pingsNone: 'Benachrichtigt niemanden', everyone: 'alle', sent: 'Gesendet', answered: 'Geantwortet', onlyBreaches: 'Nur mit Hinweisen',
    reset: 'Alles zurücksetzen', resetAsk: 'Die Welt der Sandbox beginnt von vorn. Alle Nachrichten hier gehen verloren.', resetDone: 'Alles beginnt von vorn.',
    faultNames: { 429: 'Zu viele Anfragen (429)', '500_before': 'Fehler 500, nichts angenommen', '500_after': 'Fehler 500, doch angenommen', lose_response: 'Antwort geht verloren', stall: 'Anfrage bleibt hängen', drop_socket: 'Verbindung reißt ab', reconnect: 'Bitte um Neuverbindung (op 7)', invalid_session: 'Sitzung ungültig (op 9)', replay: 'Letzte Ereignisse noch einmal', close_4014: 'Rechte für Intents fehlen (4014)', close_4004: 'Token ungültig (4004)', unavailable_guild: 'Server nicht erreichbar', available_guild: 'Server wieder da', channel_deleted: 'Diesen Kanal löschen', dm_closed: 'Direktnachrichten schließen', dm_open: 'Direktnachrichten öffnen', lose_permission: 'Schreibrecht des Bots nehmen', user_left: 'Person verlässt den Server' },
    faultGroups: { rest: 'Nächste Anfragen', socket: 'Verbindung', world: 'Welt' }, faultHints: { rest: 'Trifft die nächsten Anfragen des Bots.', socket: 'Trifft die Verbindung des Bots sofort.', world: 'Gilt für den offenen Kanal, seinen Server oder die Person links unten.' }, faultHere: 'gilt für {what}',
    tour: 'Rundgang', tourStart: 'Rundgang beginnen', tourStep: 'Schritt {n} von {all}', next: 'Weiter', prev: 'Zurück', endTour: 'Beenden', doIt: 'Für mich machen', doing: 'Einen Augenblick …', tourMissing: 'Dieser Bot kennt den Befehl {name} nicht.',
    image: 'Bild', external: 'Bild liegt außerhalb und wird hier nicht geladen', download: '{name} herunterladen', newMessage: '{who}: {text}', privateMessage: 'Nur für dich, {who}: {text}', dm: 'Direktnachricht mit {who}', sendHint: 'Enter sendet, Umschalt+Enter macht eine neue Zeile',
    chooseN: '{min} bis {max} auswählen', reactions: 'Reaktionen', shown: '{n} Befehle', today: 'heute um {t}', yesterday: 'gestern um {t}', noChannel: 'Wähle links einen Kanal.', appears: 'Aussehen und Sprache', details: 'Einzelheiten', dontSee: 'Diese Stelle ist für {who} nicht sichtbar.',
  },
  en: {
    title: 'Sandbox', skip: 'Skip to the message box', conversation: 'Conversation', messages: 'Messages',
    channels: 'Channels and servers', people: 'Members', showPeople: 'Show members', menu: 'Show channels', close: 'Close',
    actingAs: 'I am', language: 'Language', theme: 'Colours', themeAuto: 'system', themeLight: 'light', themeDark: 'dark',
    direct: 'Direct messages', writeBot: 'Write to the bot', threads: 'Threads', posts: 'Posts',
    locked: 'visible to some only', archived: 'archived', unread: 'unread', botOffline: 'Bot is not connected',
    offlineHint: 'The bot is not connected right now. Messages work, commands had better wait a moment.',
    kinds: { agent: 'Team', lead: 'Leads', customer: 'Customers', admin: 'Administration', bot: 'Bot' }, others: 'Others',
    online: 'Connected', bot: 'Bot', you: 'you', placeholder: 'Message {where}, or / for commands', placeholderShort: 'Message or /', send: 'Send', compose: 'Write a message',
    commandsButton: 'Show commands', forumHint: 'Posts live here. The bot starts new ones.', forumEmpty: 'No post yet.',
    empty: 'It is still quiet here.', begin: 'This is the beginning of {where}.', older: 'Fetching older messages …', toNewest: 'To the newest', newBelow: '{n} new messages',
    newBelow1: '1 new message', onlyYou: 'Only you can see this', dismiss: 'Dismiss', edited: 'edited', thinking: '{bot} is thinking …',
    used: '{who} used {what}', usedMenu: '{who} chose “{what}”', replyTo: 'Reply to {who}', replying: 'Replying to {who}', cancelReply: 'Cancel reply', gone: 'Original message is not here',
    typing: '{who} is typing …', more: 'Menu for the message of {who}', reply: 'Reply', copyText: 'Copy text', copyLink: 'Copy link', copied: 'Copied.',
    commandsOf: 'Commands of {bot}', noMenu: 'No further commands', userMenu: 'Menu for {who}', actAs: 'Continue as {who}', mention: 'Mention',
    threadStarted: '{who} started a thread: ', pinned: '{who} pinned a message.', joined: '{who} joined.', renamed: '{who} changed the name: ',
    palette: 'Commands', paletteEmpty: 'No command matches.', paletteHint: '↑ ↓ choose · Enter take · Esc close', run: 'Run', cancel: 'Cancel',
    required: 'needed', optional: 'You may add:', addOption: 'Add {name}', removeOption: 'Leave out {name}', optionHint: 'Tab to the next field · Ctrl+Enter runs it · Esc cancels',
    missing: '{name} is still missing.', pick: 'Please choose one of the suggestions for {name}.', noNumber: '{name} needs a number.', between: '{name}: between {min} and {max}.', length: '{name}: {min} to {max} characters.',
    noSuggestion: 'No suggestion', suggestions: '{n} suggestions', yes: 'Yes', no: 'No', notHere: 'Files cannot be attached here.',
    choose: 'Choose', apply: 'Apply', submit: 'Submit', minLength: 'At least {n} characters.', charsLeft: '{n} characters left', fieldRequired: 'This field is needed.',
    failed: 'The bot did not answer in time. Nothing is lost, please try again.', failedWhy: 'That did not work: {why}', notSent: 'The message did not arrive. Your text is still there.',
    lost: 'Connection to the sandbox lost. It comes back by itself.', back: 'Connected again.', noServer: 'The sandbox does not answer. Is the program still running?',
    workshop: 'Workshop', clock: 'Clock', plusHour: '+1 hour', plusQuarter: '+15 minutes', tomorrow9: 'tomorrow 9:00', monday9: 'Monday 9:00', nextDue: 'to the next due', nextIs: 'Next due: {when}', nothingDue: 'Nothing is due.', sample: 'Sample data', sampleHint: 'Server, people and their messages are sample data.', toTime: 'To this time', setClock: 'Set',
    zone: 'Times in {zone}', clockMoved: 'The clock shows {when}.', faults: 'Faults', faultsHint: 'What can go wrong in real life, here at the press of a button.', armed: 'Armed', none: 'Nothing is armed.',
    disarm: 'Lift all', faultSet: 'Armed: {name}', faultDone: 'Done: {name}', faultGone: 'All faults are lifted.', count: 'How often', inspector: 'Requests of the bot', inspectorHint: 'Every request, checked against Discord’s description of its interface and the limits it documents.',
    noRequests: 'No request yet.', fine: 'limits kept', breaches: '{n} findings', breaches1: '1 finding', ack: 'answered after {n} ms', pings: 'Notifies: {who}', pingsNone: 'Notifies nobody', everyone: 'everyone', sent: 'Sent', answered: 'Answered', onlyBreaches: 'Only with findings',
    reset: 'Start over', resetAsk: 'The world of the sandbox starts afresh. All messages here will be lost.', resetDone: 'Everything starts afresh.',
    faultNames: { 429: 'Too many requests (429)', '500_before': 'Error 500, nothing accepted', '500_after': 'Error 500, accepted all the same', lose_response: 'Answer gets lost', stall: 'Request hangs', drop_socket: 'Connection drops', reconnect: 'Asked to reconnect (op 7)', invalid_session: 'Session invalid (op 9)', replay: 'Last events once more', close_4014: 'Intents not allowed (4014)', close_4004: 'Token invalid (4004)', unavailable_guild: 'Server unreachable', available_guild: 'Server is back', channel_deleted: 'Delete this channel', dm_closed: 'Close direct messages', dm_open: 'Open direct messages', lose_permission: 'Take away the bot’s right to write', user_left: 'Person leaves the server' },
    faultGroups: { rest: 'Next requests', socket: 'Connection', world: 'World' }, faultHints: { rest: 'Hits the next requests of the bot.', socket: 'Hits the bot’s connection at once.', world: 'Applies to the open channel, its server or the person at the lower left.' }, faultHere: 'applies to {what}',
    tour: 'Tour', tourStart: 'Start the tour', tourStep: 'Step {n} of {all}', next: 'Next', prev: 'Back', endTour: 'End', doIt: 'Do it for me', doing: 'One moment …', tourMissing: 'This bot does not know the command {name}.',
    image: 'Image', external: 'Image lies elsewhere and is not loaded here', download: 'Download {name}', newMessage: '{who}: {text}', privateMessage: 'Only for you, {who}: {text}', dm: 'Direct messages with {who}', sendHint: 'Enter sends, Shift+Enter starts a new line',
    chooseN: 'Choose {min} to {max}', reactions: 'Reactions', shown: '{n} commands', today: 'today at {t}', yesterday: 'yesterday at {t}', noChannel: 'Choose a channel on the left.', appears: 'Looks and language', details: 'Details', dontSee: '{who} cannot see this place.',
  },
};

let locale = 'de';
let zone = 'Europe/Berlin';
let formats = {};
// The virtual clock: what it showed (`base`) when the real one showed `real`, and whether it runs.
let base = Date.now();
let real = Date.now();
let runs = true;

/** The text for a key in the page's language, with `{name}` filled in. */
export function t(key, vars) {
  const text = key.split('.').reduce((at, part) => at?.[part], TEXTS[locale]) ?? key;
  return vars ? text.replace(/\{(\w+)\}/g, (_, name) => String(vars[name] ?? '')) : text;
}

/** The page's language: 'de' or 'en'. */
export const language = () => locale;
/** The locale Discord would send for it. */
export const discordLocale = () => (locale === 'de' ? 'de' : 'en-US');
export const timeZone = () => zone;

export function setLanguage(to) {
  locale = to === 'en' ? 'en' : 'de';
  formats = {};
  document.documentElement.lang = locale;
}

/** Takes a localised name or description of a command, option or choice. */
export function localised(thing, field) {
  const table = thing[`${field}_localizations`] ?? {};
  const tag = discordLocale();
  return table[tag] ?? (locale === 'en' ? table['en-GB'] : undefined) ?? thing[`${field}_localized`] ?? thing[field] ?? '';
}

/** Learns what the virtual clock shows now. Two samples tell whether it runs. */
export function syncClock(iso) {
  const shown = Date.parse(iso);
  if (Number.isNaN(shown)) return;
  const passed = Date.now() - real;
  if (passed > 3000 && Math.abs(shown - base) < passed * 1.5) runs = shown - base > passed / 2;
  base = shown;
  real = Date.now();
}

/** Now on the virtual clock, in milliseconds. */
export const now = () => base + (runs ? Date.now() - real : 0);

function format(name, options) {
  formats[name] ??= new Intl.DateTimeFormat(locale === 'de' ? 'de-DE' : 'en-GB', { timeZone: zone, ...options });
  return formats[name];
}

const STYLES = {
  t: { hour: '2-digit', minute: '2-digit' },
  T: { hour: '2-digit', minute: '2-digit', second: '2-digit' },
  d: { day: '2-digit', month: '2-digit', year: 'numeric' },
  D: { day: 'numeric', month: 'long', year: 'numeric' },
  f: { day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  F: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit' },
};

/** A Discord timestamp as text; style R is relative to the virtual clock. */
export function time(unix, style) {
  const date = new Date(unix * 1000);
  if (Number.isNaN(date.getTime())) return String(unix);
  if (style === 'R') return relative(unix * 1000 - now());
  return format(style, STYLES[style] ?? STYLES.f).format(date);
}

export const timeFull = (unix) => time(unix, 'F');

function relative(ms) {
  formats.relative ??= new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const seconds = ms / 1000;
  const steps = [['second', 60, 1], ['minute', 3600, 60], ['hour', 86400, 3600], ['day', 2592000, 86400], ['month', 31536000, 2592000]];
  for (const [unit, below, size] of steps) {
    if (Math.abs(seconds) < below * 0.995) return formats.relative.format(Math.round(seconds / size), unit);
  }
  return formats.relative.format(Math.round(seconds / 31536000), 'year');
}

/** When a message was written, short: "heute um 14:02". */
export function written(iso) {
  const date = new Date(iso);
  const clockText = format('t', STYLES.t).format(date);
  const day = (ms) => format('d', STYLES.d).format(new Date(ms));
  if (day(date) === day(now())) return t('today', { t: clockText });
  if (day(date) === day(now() - 86400000)) return t('yesterday', { t: clockText });
  return `${day(date)} ${clockText}`;
}

export const dayOf = (iso) => format('D', STYLES.D).format(new Date(iso));
export const clockText = () => format('clock', { weekday: 'long', day: 'numeric', month: 'long', hour: '2-digit', minute: '2-digit', second: '2-digit' }).format(new Date(now()));

/** The civil fields of an instant in the page's zone. */
export function civil(ms) {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' }).formatToParts(new Date(ms));
  return Object.fromEntries(parts.filter((p) => p.type !== 'literal').map((p) => [p.type, Number(p.value)]));
}

/** The instant of a civil time in the page's zone (a gap moves forward). */
export function instant(year, month, day, hour, minute) {
  const wanted = Date.UTC(year, month - 1, day, hour, minute);
  let guess = wanted;
  for (let i = 0; i < 3; i += 1) {
    const c = civil(guess);
    guess += wanted - Date.UTC(c.year, c.month - 1, c.day, c.hour, c.minute);
  }
  return guess;
}
