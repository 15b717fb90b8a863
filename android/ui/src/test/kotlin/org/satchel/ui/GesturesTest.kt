// What a person does with the screens, by finger and by named action, and the events that come of it.
package org.satchel.ui

import androidx.compose.runtime.getValue
import androidx.compose.runtime.mutableStateOf
import androidx.compose.runtime.setValue
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.SemanticsMatcher
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.assertIsFocused
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.junit4.v2.createComposeRule
import androidx.compose.ui.test.longClick
import androidx.compose.ui.test.onAllNodesWithText
import androidx.compose.ui.test.onFirst
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.performScrollTo
import androidx.compose.ui.test.performTouchInput
import androidx.compose.ui.test.swipeDown
import androidx.compose.ui.test.swipeLeft
import androidx.compose.ui.test.swipeRight
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Rule
import org.junit.Test
import org.satchel.mail.AccountId
import org.satchel.mail.MailboxId
import org.satchel.mail.PlacementId
import org.satchel.ui.mailboxes.MailboxesEvent
import org.satchel.ui.mailboxes.MailboxesScreen
import org.satchel.ui.mailboxes.mailboxesSamples
import org.satchel.ui.message.MessageEvent
import org.satchel.ui.message.MessageScreen
import org.satchel.ui.message.messageSamples
import org.satchel.ui.messages.MessagesContent
import org.satchel.ui.messages.MessagesEvent
import org.satchel.ui.messages.MessagesScreen
import org.satchel.ui.messages.MessagesState
import org.satchel.ui.messages.messagesSamples
import org.satchel.ui.messages.sampleRows

class GesturesTest {
    @get:Rule val rule = createComposeRule()
    private val messages = mutableListOf<MessagesEvent>()
    private val first = PlacementId(1)

    private fun showMessages(
        sample: String = "messages",
        look: Look = Look.LIGHT,
    ) {
        val state = messagesSamples(look.words).getValue(sample)
        rule.setContent { Dressed(look) { MessagesScreen(state, ::hear, {}) } }
    }

    private fun hear(event: MessagesEvent) {
        if (event !is MessagesEvent.Scrolled) messages += event
    }

    private fun row(sender: String) = rule.onNode(hasContentDescription(sender, substring = true))

    @Test
    fun `a row pushed the way one reads goes to the archive, against it to the trash`() {
        showMessages()
        row("Ben Carter").performTouchInput { swipeRight() }
        row("Harbour Office").performTouchInput { swipeLeft() }
        rule.waitForIdle()
        assertEquals(
            listOf(MessagesEvent.SwipedToArchive(first), MessagesEvent.SwipedToDelete(PlacementId(2))),
            messages,
        )
    }

    @Test
    fun `swipes mirror where people read from the right`() {
        showMessages(look = Look.RTL)
        row("דוד כהן").performTouchInput { swipeLeft() }
        rule.waitForIdle()
        assertEquals(listOf<MessagesEvent>(MessagesEvent.SwipedToArchive(first)), messages)
    }

    @Test
    fun `a push that ends early does nothing`() {
        showMessages()
        row("Ben Carter").performTouchInput { swipeRight(startX = 0f, endX = width * 0.2f) }
        rule.waitForIdle()
        assertEquals(emptyList<MessagesEvent>(), messages)
    }

    @Test
    fun `each gesture is also a named action`() {
        showMessages()
        for (name in listOf("Archive", "Delete", "Remove star", "Mark as read", "Select")) act(row("Ben Carter"), name)
        val wanted =
            listOf(
                MessagesEvent.SwipedToArchive(first),
                MessagesEvent.SwipedToDelete(first),
                MessagesEvent.ToggledStar(first),
                MessagesEvent.ToggledSeen(first),
                MessagesEvent.ToggledSelection(first),
            )
        assertEquals(wanted, messages)
    }

    private fun act(
        node: SemanticsNodeInteraction,
        name: String,
    ) {
        val action = node.fetchSemanticsNode().config[SemanticsActions.CustomActions].single { it.label == name }
        rule.runOnUiThread { assertTrue(action.action()) }
    }

    @Test
    fun `a tap opens, a long press picks, a tap on the avatar picks, a tap on the star stars`() {
        showMessages()
        row("Ben Carter").performClick()
        row("Harbour Office").performTouchInput { longClick() }
        row("Maria Vento").performTouchInput { down(centerLeft.copy(x = 34f * density)).also { up() } }
        row("Sailing Weekly").performTouchInput {
            down(
                bottomRight.copy(
                    bottomRight.x - 24f * density,
                    bottomRight.y - 24f * density,
                ),
            ).also { up() }
        }
        rule.waitForIdle()
        val wanted =
            listOf(
                MessagesEvent.Opened(first),
                MessagesEvent.ToggledSelection(PlacementId(2)),
                MessagesEvent.ToggledSelection(PlacementId(3)),
                MessagesEvent.ToggledStar(PlacementId(4)),
            )
        assertEquals(wanted, messages)
    }

    @Test
    fun `while messages are picked a tap picks, and the bar has the focus and the actions`() {
        showMessages("messages-selecting")
        row("Ben Carter").performClick()
        rule.onNodeWithText("3 selected").assertIsDisplayed()
        rule.onNode(SemanticsMatcher.expectValue(SemanticsProperties.Focused, true)).assertIsFocused()
        rule.onNodeWithContentDescription("Archive").performClick()
        rule.onNodeWithContentDescription("Delete").performClick()
        for (name in listOf("Mark as read", "Junk", "Select all")) {
            rule.onNodeWithContentDescription("More").performClick()
            rule.onNodeWithText(name).performClick()
        }
        rule.onNodeWithContentDescription("Clear selection").performClick()
        val wanted =
            listOf(
                MessagesEvent.ToggledSelection(first),
                MessagesEvent.ArchivedSelected,
                MessagesEvent.DeletedSelected,
                MessagesEvent.MarkedSelectedSeen,
                MessagesEvent.JunkedSelected,
                MessagesEvent.SelectedAll,
                MessagesEvent.ClearedSelection,
            )
        assertEquals(wanted, messages)
    }

    @Test
    fun `undo hands the core's token back, once, and the notice is done`() {
        showMessages("messages-undo")
        rule.onNodeWithText("Message archived").assertIsDisplayed()
        rule.onNodeWithText("Undo").performClick()
        rule.waitForIdle()
        assertEquals(listOf(MessagesEvent.PressedUndo(SAMPLE_UNDO), MessagesEvent.NoticeSeen(1)), messages)
    }

    @Test
    fun `older messages and news can be asked for by button and by pulling`() {
        showMessages("messages-older")
        rule.onNodeWithText("Fetch older messages").performClick()
        rule.onNodeWithContentDescription("Check for mail").performClick()
        row("Ben Carter").performTouchInput { swipeDown(endY = 1_500f) }
        rule.waitForIdle()
        assertEquals(
            listOf(MessagesEvent.FetchedOlder, MessagesEvent.AskedForNews, MessagesEvent.AskedForNews),
            messages,
        )
    }

    @Test
    fun `a row that comes on top is seen by who is at the top`() {
        val rows = sampleRows(SampleWords.English)
        var state by mutableStateOf(MessagesState(sampleMailbox(), MessagesContent.Rows(8, 0, rows.drop(1))))
        rule.setContent { Dressed(Look.LIGHT) { MessagesScreen(state, ::hear, {}) } }
        state = state.copy(content = MessagesContent.Rows(9, 0, rows))
        rule.waitForIdle()
        row("Ben Carter").assertIsDisplayed()
    }

    @Test
    fun `a download is asked for, cancelled and opened by name`() {
        val events = mutableListOf<MessageEvent>()
        val state = messageSamples(SampleWords.English).getValue("message-attachments")
        rule.setContent { Dressed(Look.LIGHT) { MessageScreen(state, events::add, {}) } }
        for (name in listOf(
            "Download chart-of-the-island.pdf",
            "Cancel the bay in the evening.jpg",
            "Open tides.csv",
        )) {
            rule.onNodeWithContentDescription(name).performScrollTo().performClick()
        }
        val wanted =
            listOf(MessageEvent.PressedDownload("2"), MessageEvent.PressedCancel("3"), MessageEvent.PressedOpen("4"))
        assertEquals(wanted, events)
    }

    @Test
    fun `whole addresses come on a tap and go on another`() {
        val state = messageSamples(SampleWords.English).getValue("message")
        rule.setContent { Dressed(Look.LIGHT) { MessageScreen(state, {}, {}) } }
        rule.onNodeWithText("ben@example.org").assertDoesNotExist()
        rule.onNodeWithText("Ben Carter").performClick()
        for (address in listOf("ben@example.org", "ann@example.org", "oscar@example.se")) {
            rule.onNode(hasTextOnly(address), useUnmergedTree = true).assertIsDisplayed()
        }
        rule.onNodeWithText("to Ann Lee and 2 others").performClick()
        rule.onNode(hasTextOnly("ben@example.org"), useUnmergedTree = true).assertDoesNotExist()
    }

    private fun hasTextOnly(text: String) =
        SemanticsMatcher("has the text $text") { node ->
            node.config.getOrNull(SemanticsProperties.Text)?.any { it.text == text } == true
        }

    @Test
    fun `what was done on another screen is taken back from the list of mailboxes too`() {
        val events = mutableListOf<MailboxesEvent>()
        val notice = Notice(7, NoticeText.Deleted(2), SAMPLE_UNDO)
        val state = mailboxesSamples(SampleWords.English).getValue("mailboxes").copy(notice = notice)
        rule.setContent { Dressed(Look.LIGHT) { MailboxesScreen(state, events::add) } }
        rule.onNodeWithText("2 messages deleted").assertIsDisplayed()
        rule.onNodeWithText("Undo").performClick()
        rule.waitForIdle()
        assertEquals(listOf(MailboxesEvent.PressedUndo(SAMPLE_UNDO), MailboxesEvent.NoticeSeen(7)), events)
    }

    @Test
    fun `a mailbox is opened and an account folded`() {
        val events = mutableListOf<MailboxesEvent>()
        val state = mailboxesSamples(SampleWords.English).getValue("mailboxes")
        rule.setContent { Dressed(Look.LIGHT) { MailboxesScreen(state, events::add) } }
        rule.onAllNodesWithText("Inbox").onFirst().performClick()
        rule.onNodeWithText("ann@example.org").performClick()
        rule.onNodeWithText("Projects").performClick()
        assertEquals(listOf(MailboxesEvent.Opened(MailboxId(1)), MailboxesEvent.ToggledAccount(AccountId(1))), events)
    }
}
