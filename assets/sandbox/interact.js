// Sends interactions and deals with their answers the same way wherever they come from.
import * as api from './api.js';
import { openModal } from './modal.js';
import { state, complain, emit } from './state.js';
import { t, discordLocale } from './texts.js';

async function settle(promise, source) {
  try {
    const answer = await promise;
    take(answer, source);
    return answer;
  } catch (error) {
    complain(error);
    return { kind: 'failed', reason: error.message };
  }
}

function take(answer, source) {
  if (!answer) return;
  if (answer.kind === 'failed') {
    const why = answer.reason ?? '';
    emit('notice', /not connected/.test(why) ? t('offlineHint') : !why || /did not answer/.test(why) ? t('failed') : t('failedWhy', { why }), 'bad');
  } else if (answer.kind === 'modal' && answer.modal) {
    openModal(answer.modal, source, answer.interaction_id);
  } else if (answer.kind === 'deferred' && !answer.message) {
    emit('deferred', answer.interaction_id, source.channel_id);
  } else if (answer.message) {
    emit(answer.kind === 'update' ? 'update' : 'message', answer.message);
  }
}

const base = (channel_id) => ({ as: state.as, locale: discordLocale(), channel_id: channel_id ?? state.channelId });

export const interact = {
  /** Runs a command: name as registered, Discord option objects, or a target for menus. */
  command(name, type, options, target_id, channel_id) {
    const body = { ...base(channel_id), name, type, options, target_id };
    return settle(api.command(body), { channel_id: body.channel_id });
  },
  /** Presses a button or chooses in a select. */
  component(m, part, values) {
    const body = { ...base(m.channel_id), message_id: m.id, custom_id: part.custom_id, component_type: part.type, values };
    return settle(api.component(body), { channel_id: m.channel_id, message_id: m.id });
  },
  /** Sends a filled modal. */
  modal(modal, fields, source) {
    const body = { ...base(source.channel_id), custom_id: modal.custom_id, fields, message_id: source.message_id };
    return settle(api.submitModal(body), source);
  },
  /** Asks for suggestions; failures are simply none. */
  async suggestions(name, options) {
    try {
      return (await api.autocomplete({ ...base(), name, type: 1, options }))?.choices ?? [];
    } catch {
      return [];
    }
  },
};
