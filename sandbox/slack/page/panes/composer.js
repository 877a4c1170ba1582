// The composer: input for messages, and for slash commands with their usage hint.

import { postAsMe, tryRequest } from '../act.js';
import { currentWorld } from '../store.js';
import { el } from '../ui/dom.js';
import { icon } from '../ui/icons.js';
import { activeCommand, commandSuggestions, encodeMessage, mentionSuggestions } from './suggest.js';

/** Drafts, by person and place. */
const drafts = new Map();

const FORMATS = [
  ['bold', '*', '*'],
  ['italic', '_', '_'],
  ['strike', '~', '~'],
  ['code', '`', '`'],
  ['block', '```\n', '\n```', 'codeBlock'],
];

let composers = 0;

/** Slack's own errors of a command appear as an ephemeral message, so that no toast is needed. */
const sendCommand = body =>
  tryRequest(() =>
    postAsMe('command', body).catch(error => {
      if (error.body?.message === undefined) throw error;
      return error.body;
    }),
  );

/** Builds a composer for a channel, or for a thread where `threadTs` is given. `onSent` is called after a message was sent. */
export function createComposer({ channel, threadTs, placeholder, onSent }) {
  const { t, me } = currentWorld();
  const draftKey = `${me.id}:${channel}:${threadTs ?? ''}`;
  const id = `composer-${composers++}`;
  let offered = [];
  let picked = 0;

  const list = el('div', {
    class: 'suggest',
    role: 'listbox',
    id: `${id}-list`,
    hidden: true,
    'aria-label': t.commands,
  });
  const hint = el('div', { class: 'usage-hint', hidden: true, data: { testid: 'usage-hint' } });
  const input = el('textarea', {
    class: 'composer-input',
    rows: 1,
    placeholder,
    'aria-label': placeholder,
    role: 'combobox',
    'aria-expanded': 'false',
    'aria-autocomplete': 'list',
    'aria-controls': `${id}-list`,
    autocomplete: 'off',
    data: { testid: threadTs ? 'thread-composer' : 'composer' },
  });
  input.value = drafts.get(draftKey) ?? '';
  const sendButton = el(
    'button',
    {
      type: 'button',
      class: 'send',
      'aria-label': t.send,
      title: t.send,
      data: { testid: threadTs ? 'thread-send' : 'send' },
      on: { click: () => send() },
    },
    icon('send', 18),
  );

  function refresh() {
    drafts.set(draftKey, input.value);
    input.style.height = 'auto';
    input.style.height = `${Math.min(input.scrollHeight, 240)}px`;
    const empty = input.value.trim() === '';
    sendButton.disabled = empty;
    sendButton.classList.toggle('ready', !empty);
    const command = threadTs ? undefined : activeCommand(input.value);
    offer(
      command && input.value.includes(' ')
        ? []
        : [...commandSuggestions(input.value, threadTs), ...mentionSuggestions(input.value, input.selectionStart)],
    );
    const typedAll = command !== undefined && offered.length === 0;
    hint.hidden = !typedAll;
    if (typedAll) hint.replaceChildren(el('strong', { text: command.command }), ` ${command.usage_hint}`);
  }

  function offer(suggestions) {
    offered = suggestions;
    picked = Math.min(picked, Math.max(0, offered.length - 1));
    list.hidden = offered.length === 0;
    input.setAttribute('aria-expanded', String(offered.length > 0));
    list.replaceChildren(
      ...offered.map((suggestion, index) =>
        el(
          'div',
          {
            role: 'option',
            id: `${id}-${index}`,
            class: 'suggestion',
            'aria-selected': String(index === picked),
            data: { testid: `suggest:${suggestion.key}` },
            // Keeps the focus in the input.
            on: { mousedown: event => event.preventDefault(), click: () => accept(suggestion) },
          },
          suggestion.view,
        ),
      ),
    );
    if (offered.length > 0) input.setAttribute('aria-activedescendant', `${id}-${picked}`);
    else input.removeAttribute('aria-activedescendant');
  }

  function accept({ insert, from }) {
    input.setRangeText(insert, from, input.selectionStart, 'end');
    picked = 0;
    input.focus();
    refresh();
  }

  function wrap(before, after) {
    const { selectionStart: start, selectionEnd: end, value } = input;
    input.setRangeText(before + value.slice(start, end) + after, start, end, 'preserve');
    input.setSelectionRange(start + before.length, end + before.length);
    input.focus();
    refresh();
  }

  function type(text) {
    input.setRangeText(text, input.selectionStart, input.selectionEnd, 'end');
    input.focus();
    refresh();
  }

  async function send() {
    const text = input.value.trim();
    if (text === '') return;
    const isCommand = /^\/[\w-]/.test(text);
    input.value = '';
    refresh();
    const place = threadTs ? { channel, thread_ts: threadTs } : { channel };
    const sent = await (isCommand
      ? sendCommand({ ...place, text })
      : tryRequest(() => postAsMe('message', { ...place, text: encodeMessage(text) })));
    if (sent) onSent?.();
    else if (input.value === '') {
      input.value = text;
      refresh();
    }
  }

  function onKey(event) {
    if (event.isComposing) return;
    const open = offered.length > 0;
    const exact = open && offered[picked].insert.trim() === input.value.trim();
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (open && event.key in moves) {
      picked = (picked + moves[event.key] + offered.length) % offered.length;
      offer(offered);
    } else if (open && (event.key === 'Tab' || (event.key === 'Enter' && !exact))) accept(offered[picked]);
    else if (open && event.key === 'Escape') offer([]);
    else if (event.key === 'Enter' && !event.shiftKey) void send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  input.addEventListener('input', refresh);
  input.addEventListener('keydown', onKey);
  input.addEventListener('blur', () => offer([]));

  const node = el(
    'div',
    { class: 'composer' },
    list,
    hint,
    el(
      'div',
      { class: 'composer-box' },
      el(
        'div',
        { class: 'composer-tools', role: 'toolbar' },
        FORMATS.map(([name, before, after, label = name]) => toolButton(name, t[label], () => wrap(before, after))),
      ),
      input,
      el(
        'div',
        { class: 'composer-foot' },
        !threadTs && toolButton('slash', t.commands, () => type('/'), 'show-commands'),
        toolButton('at', t.mention, () => type(input.value === '' || /\s$/.test(input.value) ? '@' : ' @')),
        el('span', { class: 'spacer' }),
        sendButton,
      ),
    ),
  );
  requestAnimationFrame(refresh);
  return { node, focus: () => input.focus() };
}

const toolButton = (name, label, click, testid) =>
  el(
    'button',
    {
      type: 'button',
      class: 'icon-button small',
      'aria-label': label,
      title: label,
      data: { testid },
      on: { mousedown: event => event.preventDefault(), click },
    },
    icon(name, 18),
  );
