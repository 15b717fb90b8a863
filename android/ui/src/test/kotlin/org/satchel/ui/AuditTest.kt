// Every sample in every look, held to what people need who do not see well or do not use a finger as others do.
package org.satchel.ui

import androidx.compose.ui.geometry.Size
import androidx.compose.ui.semantics.SemanticsActions
import androidx.compose.ui.semantics.SemanticsNode
import androidx.compose.ui.semantics.SemanticsProperties
import androidx.compose.ui.semantics.getOrNull
import androidx.compose.ui.test.ExperimentalTestApi
import androidx.compose.ui.test.SkikoComposeUiTest
import androidx.compose.ui.test.onRoot
import androidx.compose.ui.test.v2.runSkikoComposeUiTest
import androidx.compose.ui.text.TextLayoutResult
import androidx.compose.ui.unit.Density
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Test

private const val FINGER = 48f
private const val NEARLY = 0.5f

/** At large type only running text may be shortened: what has this many lines or more. */
private const val RUNNING_TEXT = 3

@OptIn(ExperimentalTestApi::class)
class AuditTest {
    @Test
    fun `whatever can be pressed has a name and a role`() =
        audit(Look.LIGHT) { node ->
            val config = node.config
            val pressed = config.contains(SemanticsActions.OnClick)
            val name =
                config.getOrNull(SemanticsProperties.ContentDescription)?.joinToString().orEmpty() +
                    config.getOrNull(SemanticsProperties.Text)?.joinToString().orEmpty()
            when {
                !pressed || config.contains(SemanticsActions.SetText) -> null
                name.isBlank() -> "no name"
                config.getOrNull(SemanticsProperties.Role) == null -> "no role: $name"
                else -> null
            }
        }

    @Test
    fun `whatever can be pressed is large enough for a finger`() =
        Look.entries.forEach { look ->
            audit(look) { node ->
                val size = node.size
                val small = size.width < FINGER - NEARLY || size.height < FINGER - NEARLY
                val pressed = node.config.contains(SemanticsActions.OnClick) && node.isWhole()
                "${node.name()} is $size".takeIf { small && pressed }
            }
        }

    @Test
    fun `nothing is cut in large type`() = audit(Look.LARGE, merged = false) { node -> cut(node) }

    @Test
    fun `in usual type only what may be long is shortened`() =
        audit(Look.LIGHT, merged = false) { node ->
            "cut: ${node.name()}".takeIf {
                node.layout()?.run { isCut() && layoutInput.maxLines == Int.MAX_VALUE } ==
                    true
            }
        }

    @Test
    fun `a screen has a heading and says by itself that it is offline`() {
        val headings = mutableSetOf<String>()
        val live = mutableSetOf<String>()
        each(Look.LIGHT) { name, nodes ->
            if (nodes.any { it.config.contains(SemanticsProperties.Heading) }) headings += name
            if (nodes.any { it.config.contains(SemanticsProperties.LiveRegion) }) live += name
        }
        val reading = setOf("message-reading")
        assertEquals(samples(Look.LIGHT).keys - reading, headings - reading)
        assertTrue("$live", live.containsAll(listOf("messages-offline", "mailboxes-trouble", "message-not-here")))
    }

    @Test
    fun `a screen reader hears unread first, and finds each gesture by name`() =
        each(Look.LIGHT) { name, nodes ->
            if (name == "messages") {
                val row = nodes.first { it.name().startsWith("Unread. Ben Carter. Re: Boat trip?. 09:29.") }
                val actions = row.config[SemanticsActions.CustomActions].map { it.label }
                assertEquals(listOf("Archive", "Delete", "Remove star", "Mark as read", "Select"), actions)
                assertTrue(row.name().endsWith("Starred. 4 messages in this conversation"))
            }
        }

    private fun cut(node: SemanticsNode): String? {
        val layout = node.layout() ?: return null
        val running = layout.layoutInput.maxLines in RUNNING_TEXT..<Int.MAX_VALUE
        val aside = node.boundsInRoot.width < node.size.width - 1 && !node.boundsInRoot.isEmpty
        val cut = layout.isCut() && !running
        return "cut: ${node.name()}".takeIf { cut || aside || layout.breaksAWord() }
    }

    private fun audit(
        look: Look,
        merged: Boolean = true,
        check: (SemanticsNode) -> String?,
    ) {
        val wrong = mutableListOf<String>()
        each(look, merged) { name, nodes -> nodes.mapNotNull(check).forEach { wrong += "$name ($look): $it" } }
        assertEquals(emptyList<String>(), wrong)
    }

    private fun each(
        look: Look,
        merged: Boolean = true,
        take: (String, List<SemanticsNode>) -> Unit,
    ) = samples(look).forEach { (name, screen) ->
        runSkikoComposeUiTest(Size(360f, 720f), Density(1f)) {
            setContent { Dressed(look, screen) }
            take(name, nodes(merged))
        }
    }

    private fun SkikoComposeUiTest.nodes(merged: Boolean): List<SemanticsNode> {
        val root = onRoot(useUnmergedTree = !merged).fetchSemanticsNode()
        val all = mutableListOf(root)
        var at = 0
        while (at < all.size) all += all[at++].children
        assertTrue("nothing to look at", all.size > 2)
        return all
    }
}

private fun SemanticsNode.name(): String =
    (config.getOrNull(SemanticsProperties.ContentDescription) ?: config.getOrNull(SemanticsProperties.Text))
        ?.joinToString(" ")
        .orEmpty()

private fun SemanticsNode.layout(): TextLayoutResult? {
    val found = mutableListOf<TextLayoutResult>()
    config.getOrNull(SemanticsActions.GetTextLayoutResult)?.action?.invoke(found)
    return found.firstOrNull()
}

/** Lines are measured themselves: the paragraph is as wide as it was allowed to be. A pixel is lost in rounding. */
private fun TextLayoutResult.isCut(): Boolean {
    val widest = (0 until lineCount).maxOf { getLineRight(it) - getLineLeft(it) }
    val ellipsis = (0 until lineCount).any(::isLineEllipsized)
    return ellipsis || multiParagraph.didExceedMaxLines || multiParagraph.height > size.height + 1 ||
        widest > size.width + 1
}

/** A line that ends between two letters tore a word apart. */
private fun TextLayoutResult.breaksAWord(): Boolean =
    (0 until lineCount - 1).any { line ->
        val text = layoutInput.text
        val end = getLineEnd(line)
        end in 1 until text.length && text[end - 1].isLetterOrDigit() && text[end].isLetterOrDigit()
    }

/** A row that is half off the screen is as large as the others. */
private fun SemanticsNode.isWhole() = boundsInRoot.height >= size.height - 1 && boundsInRoot.width >= size.width - 1
