"""The code that speaks to one kind of provider each: one attempt, and what came of it.

Modules:
    base              the contract with the dispatcher
    registered        how each is made, by name
    http              a client, and what a fault of a request means
    gateway           a provider that a channel's file describes
    inbox             messages stay in the store
    telegram          the Bot API: messages, polling, buttons
    telegram_outcome  what the Bot API's answers mean
    telegram_text     how Telegram counts and cuts text
    asking            a provider is asked again and again what it has to tell
    sms               text messages over a provider's gateway
    messenger         messages over any messenger that a file describes
    application       what applications of an office's own at messengers have in common
    wecom             messages of an application of the office's WeCom
    zhezhengding      work notices of an application in 浙政釘
    dingtalk          work notices of an application in DingTalk, and what became of them
    webhook           signed CloudEvents to another system
    email             mail over SMTP
    mailbox           mail that comes in, over IMAP
"""
