// Asking several accounts for news, when one of them is in trouble.
package org.satchel.ui

import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.mail.Trust
import org.satchel.ui.mailboxes.MailboxesContent
import org.satchel.ui.mailboxes.MailboxesEvent

class NewsTest {
    @Test
    fun `one account's dead server ends nothing for the others, and the notice names it`() =
        PostOffice().use { office ->
            office.ask("user $ANN $PASSWORD")
            onPhone {
                addAccount("imaps://localhost:1", address = "crew@example.org")
                val ann = addAccount(office.server, Trust.PlatformAnd(office.authority))
                mail.activity.sync(ann.id)
                office.ask("deliver $ANN INBOX 2")
                // Ann's server is the slower one: the other's failure comes first.
                office.ask("slow 100")
                val model = screens.mailboxes()
                model.state.until { (it.content as? MailboxesContent.Sections)?.sections?.size == 2 }
                model.on(MailboxesEvent.AskedForNews)
                val told = model.state.until { it.notice != null }.notice?.text as? NoticeText.NotAsked
                assertEquals(listOf("crew@example.org") to 2, told?.addresses to told?.came)
                assertTrue("$told", told?.problem is Problem.NotReached)
            }
        }
}
