"""A bot on hikari as anybody might write it, pointed at a loopback Discord: python bot_hikari.py BASE TOKEN.

It says what it sees, a JSON object a line; tests/it/strangers.rs reads that.
"""

import asyncio
import json
import sys
import time

import hikari

base, token = sys.argv[1:3]


def say(saw, **more):
    print(json.dumps({"saw": saw, **more}), flush=True)


intents = hikari.Intents.ALL_UNPRIVILEGED | hikari.Intents.MESSAGE_CONTENT
bot = hikari.GatewayBot(token, rest_url=base + "/api/v10", intents=intents, banner=None, logs="CRITICAL")


@bot.listen(hikari.InteractionCreateEvent)
async def on_interaction(event):
    it = event.interaction
    if isinstance(it, hikari.AutocompleteInteraction):
        typed = it.options[0].value
        await it.create_response([hikari.impl.AutocompleteChoiceBuilder(name=typed + "!", value="v")])
    elif isinstance(it, hikari.CommandInteraction):
        row = bot.rest.build_message_action_row()
        row.add_interactive_button(hikari.ButtonStyle.PRIMARY, "more", label="More")
        content = f"{it.options[0].value} from {it.user.username} in {it.locale}"
        await it.create_initial_response(
            hikari.ResponseType.MESSAGE_CREATE, content, component=row, flags=hikari.MessageFlag.EPHEMERAL
        )
        answer = await it.fetch_initial_response()
        say("replied", content=answer.content)
    elif isinstance(it, hikari.ComponentInteraction):
        row = bot.rest.build_modal_action_row()
        row.add_text_input("text", "Text")
        await it.create_modal_response("Form", "form", component=row)
    elif isinstance(it, hikari.ModalInteraction):
        text = it.components[0].components[0].value
        await it.create_initial_response(hikari.ResponseType.MESSAGE_UPDATE, text, components=[])
        await it.execute("and more", flags=hikari.MessageFlag.EPHEMERAL)


flood = {"count": 0, "since": 0.0}


@bot.listen(hikari.MessageCreateEvent)
async def on_message(event):
    content = event.content or ""
    if event.is_bot:
        return
    if content.startswith("flood"):
        if flood["count"] == 0:
            flood["since"] = time.perf_counter()
        flood["count"] += 1
        if content == "flood end":
            say("flood", count=flood["count"], ms=(time.perf_counter() - flood["since"]) * 1e3)
        return
    say("message", content=content)
    if content == "ping":
        await event.message.respond("pong", reply=True)
        await event.message.add_reaction("👍")
    elif content == "thread":
        thread = await bot.rest.create_thread(event.channel_id, hikari.ChannelType.GUILD_PRIVATE_THREAD, "hikari")
        await bot.rest.add_thread_member(thread, event.author)
        await thread.send("in here", attachment=hikari.Bytes(b"hello", "hello.txt"))
    elif content.startswith("send "):
        count, since = int(content[5:]), time.perf_counter()
        await asyncio.gather(*(bot.rest.create_message(event.channel_id, f"sent {n}") for n in range(count)))
        say("sent", count=count, ms=(time.perf_counter() - since) * 1e3)


@bot.listen(hikari.ShardResumedEvent)
async def on_resumed(_event):
    say("resumed")


@bot.listen(hikari.ExceptionEvent)
async def on_error(event):
    say("error", text=repr(event.exception))


@bot.listen(hikari.StartedEvent)
async def on_started(_event):
    application = await bot.rest.fetch_application()
    word = hikari.CommandOption(
        type=hikari.OptionType.STRING, name="word", description="A word", is_required=True, autocomplete=True
    )
    hear = bot.rest.slash_command_builder("hear", "Says what it heard").add_option(word)
    await bot.rest.set_application_commands(application, [hear])
    say("ready", guilds=len(bot.cache.get_guilds_view()), me=bot.get_me().username)


bot.run(check_for_updates=False)
