// Talks to the control routes of the loopback server. The only file that knows their addresses.

/** A refusal or a broken connection, with a sentence to show. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch(`/_sandbox/${path}`, {
      method,
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new ApiError('', 0);
  }
  const text = await response.text();
  let json = null;
  try {
    json = text ? JSON.parse(text) : null;
  } catch {
    // What is no JSON carries nothing to show.
  }
  if (!response.ok) throw new ApiError(json?.error ?? '', response.status);
  return json;
}

const q = (params) => new URLSearchParams(Object.entries(params).filter(([, v]) => v !== undefined && v !== null)).toString();

export const world = (as) => call('GET', `world?${q({ as })}`);
export const messages = (as, channel, before, limit = 50) =>
  call('GET', `channels/${encodeURIComponent(channel)}/messages?${q({ as, limit, before })}`);
export const post = (as, channel_id, content, reply_to) => call('POST', 'messages', { as, channel_id, content, reply_to });
export const openDm = (as) => call('POST', 'dm', { as });
export const command = (body) => call('POST', 'interactions/command', body);
export const autocomplete = (body) => call('POST', 'interactions/autocomplete', body);
export const component = (body) => call('POST', 'interactions/component', body);
export const submitModal = (body) => call('POST', 'interactions/modal', body);
export const clock = () => call('GET', 'clock');
export const moveClock = (body) => call('POST', 'clock', body);
export const faults = () => call('GET', 'faults');
export const arm = (body) => call('POST', 'faults', body);
export const disarm = () => call('DELETE', 'faults');
export const requests = (after) => call('GET', `requests?${q({ after })}`);
export const reset = () => call('POST', 'reset', {});

/**
 * The event stream of one person. Reconnects by itself with growing pauses. `onopen(again)`: from now on events are heard,
 * `again` after a loss; ask for what was before. `close()` ends it for good.
 */
export function events(as, { onevent, onopen, onlost }) {
  let socket;
  let ended = false;
  let pause = 500;
  let lost = false;
  let timer;
  const connect = () => {
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    socket = new WebSocket(`${scheme}://${location.host}/_sandbox/events?${q({ as })}`);
    socket.onopen = () => {
      pause = 500;
      onopen(lost);
      lost = false;
    };
    socket.onmessage = (event) => {
      let frame;
      try {
        frame = JSON.parse(event.data);
      } catch {
        return;
      }
      onevent(frame.t, frame.d ?? {});
    };
    socket.onclose = () => {
      if (ended) return;
      lost = true;
      onlost();
      timer = setTimeout(connect, pause);
      pause = Math.min(pause * 1.7, 8000);
    };
  };
  connect();
  return {
    close() {
      ended = true;
      clearTimeout(timer);
      socket.close();
    },
  };
}

/** Where this page may load a file of the loopback server; null for anything elsewhere. */
export function localUrl(address) {
  if (!address) return null;
  try {
    const url = new URL(address, location.origin);
    if (['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)) return `${url.pathname}${url.search}`;
  } catch {
    // Not an address at all.
  }
  return null;
}
