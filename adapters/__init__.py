"""The platforms: each speaks its own language outside and the port of `bot.chat` inside."""
