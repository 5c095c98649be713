// A bot on discord.js as anybody might write it, pointed at a loopback Discord: node bot.cjs BASE TOKEN.
// It says what it sees, a JSON object a line; tests/it/strangers.rs reads that.
'use strict';
const {
  ActionRowBuilder, AttachmentBuilder, ButtonBuilder, ButtonStyle, ChannelType, Client, Events, GatewayIntentBits, MessageFlags,
  ModalBuilder, SlashCommandBuilder, TextInputBuilder, TextInputStyle,
} = require('discord.js');

const [base, token] = process.argv.slice(2);
const say = (saw, more = {}) => console.log(JSON.stringify({ saw, ...more }));
const { Guilds, GuildMessages, MessageContent, GuildMessageReactions, DirectMessages } = GatewayIntentBits;
const client = new Client({
  intents: [Guilds, GuildMessages, MessageContent, GuildMessageReactions, DirectMessages],
  rest: { api: `${base}/api` },
});

const button = new ButtonBuilder().setCustomId('more').setLabel('More').setStyle(ButtonStyle.Primary);
const input = new TextInputBuilder().setCustomId('text').setLabel('Text').setStyle(TextInputStyle.Short);
const form = new ModalBuilder().setCustomId('form').setTitle('Form')
  .addComponents(new ActionRowBuilder().addComponents(input));
const command = new SlashCommandBuilder().setName('hear').setDescription('Says what it heard')
  .addStringOption((option) => option.setName('word').setDescription('A word').setRequired(true).setAutocomplete(true));

async function interaction(it) {
  if (it.isAutocomplete()) {
    await it.respond([{ name: `${it.options.getFocused()}!`, value: 'v' }]);
  } else if (it.isChatInputCommand()) {
    const content = `${it.options.getString('word')} from ${it.user.username} in ${it.locale}`;
    const components = [new ActionRowBuilder().addComponents(button)];
    const answer = await it.reply({ content, components, flags: MessageFlags.Ephemeral, withResponse: true });
    say('replied', { content: answer.resource.message.content });
  } else if (it.isButton()) {
    await it.showModal(form);
  } else if (it.isModalSubmit()) {
    await it.deferUpdate();
    await it.editReply({ content: it.fields.getTextInputValue('text'), components: [] });
    await it.followUp({ content: 'and more', flags: MessageFlags.Ephemeral });
  }
}

const flood = { count: 0, since: 0 };

async function message(it) {
  if (it.author.bot) return;
  if (it.content.startsWith('flood')) {
    if (flood.count === 0) flood.since = performance.now();
    flood.count += 1;
    if (it.content === 'flood end') {
      say('flood', { count: flood.count, ms: performance.now() - flood.since });
    }
    return;
  }
  say('message', { content: it.content });
  if (it.content === 'ping') {
    await it.reply({ content: 'pong', allowedMentions: { parse: [] } });
    await it.react('👍');
  } else if (it.content === 'thread') {
    const thread = await it.channel.threads.create({ name: 'discord.js', type: ChannelType.PrivateThread });
    await thread.members.add(it.author.id);
    await thread.send({ content: 'in here', files: [new AttachmentBuilder(Buffer.from('hello'), { name: 'hello.txt' })] });
  } else if (it.content.startsWith('send ')) {
    const count = Number(it.content.slice(5));
    const since = performance.now();
    await Promise.all(Array.from({ length: count }, (_, n) => it.channel.send(`sent ${n}`)));
    say('sent', { count, ms: performance.now() - since });
  }
}

const told = (error) => say('error', { text: String(error?.stack ?? error) });
client.on(Events.InteractionCreate, (it) => interaction(it).catch(told));
client.on(Events.MessageCreate, (it) => message(it).catch(told));
client.on(Events.Error, told);
client.on(Events.ShardResume, () => say('resumed'));
client.once(Events.ClientReady, async () => {
  await client.application.commands.set([command]);
  const members = await client.guilds.cache.first().members.fetch({ user: client.user.id });
  say('ready', { guilds: client.guilds.cache.size, me: members.user.username });
});
process.on('unhandledRejection', told);
client.login(token).catch(told);
