"""Where people meet: channels with their ring, who belongs to them, what each may do there, and a channel's day."""
