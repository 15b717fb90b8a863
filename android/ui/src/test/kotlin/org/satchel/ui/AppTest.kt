// The whole app in a window, on the real core and a real mail server: one pane, two panes, and a notice that outlasts.
package org.satchel.ui

import androidx.compose.ui.geometry.Size
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SemanticsNodeInteraction
import androidx.compose.ui.test.SkikoComposeUiTest
import androidx.compose.ui.test.assertIsDisplayed
import androidx.compose.ui.test.hasContentDescription
import androidx.compose.ui.test.hasText
import androidx.compose.ui.test.onNodeWithContentDescription
import androidx.compose.ui.test.onNodeWithText
import androidx.compose.ui.test.performClick
import androidx.compose.ui.test.v2.runSkikoComposeUiTest
import androidx.compose.ui.unit.Density
import org.junit.Assert.assertEquals
import org.junit.Test
import org.satchel.mail.Trust

private const val PATIENCE = 30_000L
private val PHONE = Size(360f, 720f)
private val TABLET = Size(900f, 720f)

@OptIn(ExperimentalTestApi::class)
class AppTest {
    @Test
    fun `on a phone the notice of an archived message stands on the list, and undo brings it back`() =
        app(PHONE) {
            comes { onNodeWithText("Inbox") }.performClick()
            comes { row("Message 3") }.performClick()
            comes { onNodeWithText("Text of message 3.", substring = true) }
            onNodeWithContentDescription("Archive").performClick()
            comes { row("Message 2") }
            comes { onNodeWithText("Message archived") }.assertIsDisplayed()
            waitUntil(timeoutMillis = PATIENCE) { runCatching { row("Message 3").assertDoesNotExist() }.isSuccess }
            onNodeWithText("Undo").performClick()
            comes { row("Message 3") }.assertIsDisplayed()
        }

    @Test
    fun `on a tablet the list stays beside what was chosen in it`() =
        app(TABLET) { phone ->
            comes { onNodeWithText("No mailbox open") }.assertIsDisplayed()
            comes { onNode(hasText("Inbox")) }.performClick()
            comes { row("Message 3") }.assertIsDisplayed()
            onNodeWithText("Mailboxes").assertIsDisplayed()
            row("Message 1").performClick()
            comes { onNodeWithText("Text of message 1.", substring = true) }.assertIsDisplayed()
            row("Message 3").assertIsDisplayed()
            waitUntil(
                timeoutMillis = PATIENCE,
            ) { runCatching { onNodeWithText("Mailboxes").assertDoesNotExist() }.isSuccess }
            row("Message 2").performClick()
            comes { onNodeWithText("Text of message 2.", substring = true) }.assertIsDisplayed()
            assertEquals("one message is open", 3, phone.navigator.routes.value.size)
            onNodeWithContentDescription("Back").performClick()
            comes { onNodeWithText("Mailboxes") }.assertIsDisplayed()
        }

    private fun SkikoComposeUiTest.row(subject: String) =
        onNode(hasContentDescription(". $subject. ", substring = true))

    /** What the core and the server bring, they bring in their own time. */
    private fun SkikoComposeUiTest.comes(find: SkikoComposeUiTest.() -> SemanticsNodeInteraction) =
        find().also { node ->
            waitUntil(timeoutMillis = PATIENCE) { runCatching { node.fetchSemanticsNode() }.isSuccess }
        }

    private fun app(
        size: Size,
        test: suspend SkikoComposeUiTest.(Phone) -> Unit,
    ) = PostOffice().use { office ->
        office.ask("user $ANN $PASSWORD")
        office.ask("deliver $ANN INBOX 3")
        onPhone {
            mail.activity.sync(addAccount(office.server, Trust.PlatformAnd(office.authority), prove = true).id)
            runSkikoComposeUiTest(size, Density(1f)) {
                setContent { Dressed(Look.LIGHT) { SatchelApp(screens) } }
                test(this@onPhone)
            }
        }
    }
}
