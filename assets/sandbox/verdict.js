// What Discord's own description says of a request, in words. The codes are those of the sandbox's `openapi` module.
import { h, icon } from './dom.js';
import { language } from './texts.js';

const WORDS = {
  de: {
    matches: 'entspricht Discords Beschreibung', differs: 'weicht von Discords Beschreibung ab', no_such_route: 'steht nicht in Discords Beschreibung', body: 'Inhalt',
    missing: '„{v}“ fehlt', unknown_key: 'diesen Schlüssel gibt es nicht', unknown_parameter: 'diese Angabe gibt es nicht', kind: 'Art muss {v} sein',
    too_long: 'höchstens {v} Zeichen', too_short: 'mindestens {v} Zeichen', too_many: 'höchstens {v} Einträge', too_few: 'mindestens {v} Einträge', too_large: 'höchstens {v}', too_small: 'mindestens {v}',
    not_one_of: 'muss eines davon sein: {v}', form: 'muss diese Form haben: {v}', repeated: 'enthält etwas doppelt', no_body: 'fehlt', unexpected_body: 'gehört hier nicht hin', other: '{v}',
  },
  en: {
    matches: 'matches Discord’s description', differs: 'differs from Discord’s description', no_such_route: 'is not in Discord’s description', body: 'body',
    missing: '“{v}” is missing', unknown_key: 'there is no such key', unknown_parameter: 'there is no such parameter', kind: 'kind must be {v}',
    too_long: 'at most {v} characters', too_short: 'at least {v} characters', too_many: 'at most {v} items', too_few: 'at least {v} items', too_large: 'at most {v}', too_small: 'at least {v}',
    not_one_of: 'must be one of {v}', form: 'must have this form: {v}', repeated: 'holds something twice', no_body: 'is missing', unexpected_body: 'does not belong here', other: '{v}',
  },
};

const say = (key, value) => (WORDS[language()][key] ?? key).replace('{v}', () => value ?? '');

/** A verdict: a mark, never only its colour, and a text. */
export const mark = (good, text) => h('span', { class: `verdict ${good ? 'good' : 'bad'}` }, icon(good ? 'check' : 'close'), h('span', null, text));

export const described = (r) => r.openapi?.verdict === 'matches';

/** The mark of the description's verdict. */
export const describedMark = (r) => (r.openapi ? mark(described(r), say(r.openapi.verdict)) : null);

/** A line for each thing that is not as described: the field's path and why. */
export const mismatches = (r) => (r.openapi?.mismatches ?? []).map((it) => h('li', null, h('code', null, it.place || say('body')), ': ', say(it.code, it.value)));
