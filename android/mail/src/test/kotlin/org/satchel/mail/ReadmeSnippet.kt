// What the front page shows, as code that is compiled and run.

package org.satchel.mail

import java.io.File

internal suspend fun readNewestSubjects(
    home: File,
    vault: CredentialVault,
    server: String,
    trust: ServerTrust,
    password: String,
) {
    // readme:begin
    val mail = Satchel.open(home, vault)
    val account =
        mail.accounts.add(
            AccountRequest(
                address = "ann@example.org",
                incoming = server, // such as imaps://imap.example.org
                password = Secret(password),
                trust = trust,
                popRule = ServerCopy.Leave,
            ),
        )
    mail.activity.sync(account.id)
    val inbox = mail.mailboxes.list(account.id).first { it.role == MailboxRole.INBOX }
    mail.messages.page(inbox.id, ListOrder.MESSAGES, limit = 10).rows.forEach { println(it.subject) }
    mail.close()
    // readme:end
}
