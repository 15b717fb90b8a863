// A maildrop: mail that is brought here and may exist nowhere else.

package org.satchel.mail

import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test

class MaildropTest {
    @Test
    fun `mail that exists only here is not thrown away by mistake`() =
        onPhone {
            office.ask("deliver $ANN INBOX 3")
            val account = mail.accounts.add(request().copy(incoming = office.pop))
            assertEquals(AccountProtocol.POP, account.protocol)
            mail.activity.sync(account.id)
            assertEquals(List(3) { LedgerState.STORED }, mail.storage.popState(account.id).map { it.state })
            for (uid in 1..3) office.ask("expunge $ANN INBOX $uid")
            mail.activity.sync(account.id)
            assertEquals(List(3) { LedgerState.GONE }, mail.storage.popState(account.id).map { it.state })
            assertEquals(3, mail.accounts.soleCopies(account.id))
            failsWith<MailFailure.InvalidInput> { mail.accounts.remove(account.id, discardSoleCopies = false) }
            assertEquals(3, inbox(account).total.toInt())
            mail.accounts.remove(account.id, discardSoleCopies = true)
            assertTrue(mail.accounts.list().isEmpty() && vault.kept.isEmpty())
        }
}
