// View models over the real core, where no mail server is needed: empty homes, dead servers, stale links.
package org.satchel.ui

import kotlinx.coroutines.flow.first
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNull
import org.junit.Assert.assertTrue
import org.junit.Test
import org.satchel.mail.MailboxId
import org.satchel.mail.NetworkState
import org.satchel.mail.PlacementId
import org.satchel.ui.mailboxes.MailboxesContent
import org.satchel.ui.mailboxes.MailboxesEvent
import org.satchel.ui.mailboxes.MailboxesState
import org.satchel.ui.message.MessageEvent
import org.satchel.ui.message.MessageShown
import org.satchel.ui.messages.MessagesContent
import org.satchel.ui.messages.MessagesEvent

/** Nobody listens there. */
private const val DEAD = "imaps://localhost:1"

class ViewModelsTest {
    @Test
    fun `a home without an account says so, and shows the account as soon as there is one`() =
        onPhone {
            val state = screens.mailboxes().state
            state.until { it.content == MailboxesContent.Empty }
            val account = addAccount(DEAD)
            assertEquals(listOf(account), state.until { it.sections().isNotEmpty() }.sections().map { it.account })
        }

    @Test
    fun `asking for news of a dead server ends with the truth, and the account stands in trouble`() =
        onPhone {
            addAccount(DEAD)
            val model = screens.mailboxes()
            model.state.until { it.sections().isNotEmpty() }
            model.on(MailboxesEvent.AskedForNews)
            val told = model.state.until { it.notice != null && it.sections().single().status?.lastProblem != null }
            assertTrue("${told.notice}", (told.notice?.text as? NoticeText.Failed)?.problem is Problem.NotReached)
            assertEquals("network", told.sections().single().status?.lastProblem)
            model.on(MailboxesEvent.NoticeSeen(requireNotNull(told.notice).id))
            assertNull(model.state.until { it.notice == null }.notice)
        }

    @Test
    fun `an account that is removed leaves the list, and the others stay`() =
        onPhone {
            val crew = addAccount(DEAD, address = "crew@example.org")
            val state = screens.mailboxes().state
            // Its mailboxes may be read just when it goes: once in some tries they are.
            repeat(40) {
                val account = addAccount(DEAD)
                state.until { it.sections().size == 2 }
                mail.accounts.remove(account.id, discardSoleCopies = true)
                val left = state.until { it.sections().size != 2 }
                assertEquals("$left", listOf(crew), left.sections().map { it.account })
            }
        }

    @Test
    fun `without a network the screens say so, and are quiet again when it is back`() =
        onPhone {
            addAccount(DEAD)
            val model = screens.mailboxes()
            model.state.until { it.sections().isNotEmpty() && !it.offline }
            mail.network.changed(NetworkState(online = false, metered = false, dnsServers = emptyList()))
            model.state.until { it.offline }
            model.on(MailboxesEvent.AskedForNews)
            val told = model.state.until { it.notice != null }
            assertTrue("${told.notice}", (told.notice?.text as? NoticeText.Failed)?.problem is Problem.NotHere)
            mail.network.changed(NetworkState(online = true, metered = false, dnsServers = emptyList()))
            model.state.until { !it.offline }
        }

    @Test
    fun `an account is folded and unfolded, and a mailbox opened by its id`() =
        onPhone {
            val account = addAccount(DEAD)
            val model = screens.mailboxes()
            model.state.until { it.sections().isNotEmpty() }
            model.on(MailboxesEvent.ToggledAccount(account.id))
            model.state.until { it.sections().single().collapsed }
            model.on(MailboxesEvent.ToggledAccount(account.id))
            model.state.until { !it.sections().single().collapsed }
            model.on(MailboxesEvent.Opened(MailboxId(7)))
            assertEquals(Route.Messages(MailboxId(7)), navigator.routes.first().last())
        }

    @Test
    fun `a stale link to a message or a mailbox leads to a page that says so`() =
        onPhone {
            val message = screens.message(Route.Message(PlacementId(999)))
            val gone = message.state.until { it.content is MessageShown.Failed }.content as MessageShown.Failed
            assertTrue("$gone", gone.problem is Problem.Gone && gone.row == null)
            message.on(MessageEvent.AskedAgain)
            message.state.until { it.content is MessageShown.Failed }
            val messages = screens.messages(Route.Messages(MailboxId(999)))
            val failed = messages.state.until { it.content is MessagesContent.Failed }.content as MessagesContent.Failed
            assertTrue("$failed", failed.problem is Problem.Gone)
        }

    @Test
    fun `an action on what is gone changes nothing and says why`() =
        onPhone {
            val model = screens.messages(Route.Messages(MailboxId(999)))
            model.on(MessagesEvent.SwipedToArchive(PlacementId(999)))
            val text = model.state.until { it.notice != null }.notice?.text
            assertTrue("$text", (text as? NoticeText.Failed)?.problem is Problem.Gone)
            assertNull(model.state.value.notice?.undo)
        }

    @Test
    fun `a link is followed outside`() =
        onPhone {
            screens.message(Route.Message(PlacementId(1))).on(MessageEvent.TappedLink("https://example.org"))
            assertEquals(listOf("https://example.org"), opened)
        }

    @Test
    fun `a model is kept while its place is open, and let go when it is left`() =
        onPhone {
            val route = Route.Messages(MailboxId(1))
            val model = screens.messages(route)
            screens.keepOnly(listOf(Route.Mailboxes, route))
            assertTrue(model === screens.messages(route))
            screens.keepOnly(listOf(Route.Mailboxes))
            assertTrue(model !== screens.messages(route))
        }

    private fun MailboxesState.sections() = (content as? MailboxesContent.Sections)?.sections.orEmpty()
}
