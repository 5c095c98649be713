"""A bot on discord.py as anybody might write it, pointed at a loopback Discord: python bot_discordpy.py BASE TOKEN.

discord.py has no setting for another host, so its two constants are changed. The bot says what it sees, a JSON object a
line; tests/it/strangers.rs reads that.
"""

import asyncio
import io
import json
import sys
import time
import traceback

import discord
import yarl
from discord import app_commands

base, token = sys.argv[1:3]
discord.http.Route.BASE = base + "/api/v10"
discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(base.replace("http", "ws") + "/gateway")


def say(saw, **more):
    print(json.dumps({"saw": saw, **more}), flush=True)


intents = discord.Intents.default()
intents.message_content = True
client = discord.Client(intents=intents)
tree = app_commands.CommandTree(client)


class Form(discord.ui.Modal, title="Form"):
    text = discord.ui.TextInput(label="Text", custom_id="text")

    async def on_submit(self, interaction):
        await interaction.response.edit_message(content=self.text.value, view=None)
        await interaction.followup.send("and more", ephemeral=True)


class More(discord.ui.View):
    @discord.ui.button(label="More", custom_id="more")
    async def more(self, interaction, _button):
        await interaction.response.send_modal(Form(custom_id="form"))


@tree.command(name="hear", description="Says what it heard")
@app_commands.describe(word="A word")
async def hear(interaction: discord.Interaction, word: str):
    content = f"{word} from {interaction.user.name} in {interaction.locale}"
    await interaction.response.send_message(content, view=More(), ephemeral=True)
    answer = await interaction.original_response()
    say("replied", content=answer.content)


@hear.autocomplete("word")
async def complete(_interaction, typed: str):
    return [app_commands.Choice(name=typed + "!", value="v")]


flood = {"count": 0, "since": 0.0}


@client.event
async def on_message(it):
    if it.author.bot:
        return
    if it.content.startswith("flood"):
        if flood["count"] == 0:
            flood["since"] = time.perf_counter()
        flood["count"] += 1
        if it.content == "flood end":
            say("flood", count=flood["count"], ms=(time.perf_counter() - flood["since"]) * 1e3)
        return
    say("message", content=it.content)
    if it.content == "ping":
        await it.reply("pong", allowed_mentions=discord.AllowedMentions.none())
        await it.add_reaction("👍")
    elif it.content == "thread":
        thread = await it.channel.create_thread(name="discord.py")
        await thread.add_user(it.author)
        await thread.send("in here", file=discord.File(io.BytesIO(b"hello"), "hello.txt"))
    elif it.content.startswith("send "):
        count, since = int(it.content[5:]), time.perf_counter()
        await asyncio.gather(*(it.channel.send(f"sent {n}") for n in range(count)))
        say("sent", count=count, ms=(time.perf_counter() - since) * 1e3)


@client.event
async def on_resumed():
    say("resumed")


@client.event
async def on_error(*_):
    say("error", text=traceback.format_exc())


@tree.error
async def on_command_error(_interaction, error):
    say("error", text=repr(error))


greeted = False


@client.event
async def on_ready():
    global greeted
    if not greeted:
        greeted = True
        await tree.sync()
        say("ready", guilds=len(client.guilds), me=client.user.name)


client.run(token, log_level=30)
