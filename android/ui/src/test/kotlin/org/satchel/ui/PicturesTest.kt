// Every sample in every look, compared with the committed picture.
package org.satchel.ui

import androidx.compose.runtime.Composable
import androidx.compose.ui.ExperimentalComposeUiApi
import androidx.compose.ui.ImageComposeScene
import androidx.compose.ui.geometry.Offset
import androidx.compose.ui.graphics.asSkiaBitmap
import androidx.compose.ui.graphics.toComposeImageBitmap
import androidx.compose.ui.input.pointer.PointerEventType
import androidx.compose.ui.input.pointer.PointerType
import androidx.compose.ui.unit.Density
import androidx.compose.ui.use
import org.junit.Assert.assertEquals
import org.junit.Assert.assertTrue
import org.junit.Assume.assumeFalse
import org.junit.Test
import org.satchel.mail.PlacementId
import org.satchel.ui.message.MessageScreen
import org.satchel.ui.message.messageSamples
import org.satchel.ui.messages.MessagesScreen
import org.satchel.ui.messages.messagesSamples
import java.awt.image.BufferedImage
import java.io.File
import javax.imageio.ImageIO
import kotlin.math.abs

private const val WIDTH = 720
private const val HEIGHT = 1440
private const val DENSITY = 2f
private const val TABLET = "tablet"
private const val TABLET_WIDTH = 1800
private const val FAR_OFF = 24
private const val FRAMES = 8L
private const val FRAME = 100_000_000L
private const val ALLOWED = 0.005

class PicturesTest {
    private val folder = File(System.getProperty("screens.dir"))
    private val blessing = System.getProperty("bless") == "true"

    @Test
    fun `looks as it did in light`() = compare(Look.LIGHT)

    @Test
    fun `looks as it did in the dark`() = compare(Look.DARK)

    @Test
    fun `looks as it did in large type`() = compare(Look.LARGE)

    @Test
    fun `looks as it did read from the right`() = compare(Look.RTL)

    @Test
    fun `a wrong colour, a moved row and another size are noticed`() {
        val plain = BufferedImage(100, 100, BufferedImage.TYPE_INT_RGB)
        val other =
            BufferedImage(100, 100, BufferedImage.TYPE_INT_RGB).apply {
                for (x in 0 until 100) setRGB(x, 50, 0x00FF00)
            }
        assertTrue(difference(plain, other) > ALLOWED)
        assertEquals(0.0, difference(plain, plain), 0.0)
        assertEquals(1.0, difference(plain, BufferedImage(100, 101, BufferedImage.TYPE_INT_RGB)), 0.0)
    }

    @Test
    fun `no committed picture is left over`() {
        assumeFalse(blessing)
        val wanted =
            Look.entries
                .flatMap { look ->
                    (samples(look).keys + PUSHED.keys + TABLET).map { file(it, look).name }
                }.toSet()
        assertEquals(wanted, folder.listFiles { file -> file.extension == "png" }.orEmpty().map { it.name }.toSet())
    }

    private fun compare(look: Look) {
        val drawn =
            samples(look).mapValues { (_, screen) -> draw(look, screen) } + pushed(look) + (TABLET to tablet(look))
        val wrong =
            drawn.mapNotNull { (name, drawn) ->
                if (blessing) bless(drawn, file(name, look)) else differs(drawn, name, look)
            }
        assertEquals("look at target/screens, and bless what is meant", emptyList<String>(), wrong)
    }

    private fun differs(
        drawn: BufferedImage,
        name: String,
        look: Look,
    ): String? {
        val committed = file(name, look).takeIf { it.exists() }?.let(ImageIO::read)
        val share = committed?.let { difference(it, drawn) } ?: 1.0
        if (share <= ALLOWED) return null
        File("target/screens").mkdirs()
        ImageIO.write(drawn, "png", File("target/screens", file(name, look).name))
        return "${file(name, look).name}: ${"%.2f".format(share * 100)} % differ"
    }

    private fun bless(
        drawn: BufferedImage,
        to: File,
    ): String? {
        folder.mkdirs()
        ImageIO.write(palette(drawn), "png", to)
        return null
    }

    private fun file(
        name: String,
        look: Look,
    ) = File(folder, "$name-${look.name.lowercase()}.png")
}

/** How far a finger has pushed a row when the picture is taken: far enough for the one, not for the other. */
private val PUSHED = mapOf("messages-pushed-far" to 320f, "messages-pushed" to -180f)

private fun pushed(look: Look): Map<String, BufferedImage> {
    val screen = samples(look).getValue("messages")
    return PUSHED.mapValues { (_, by) -> draw(look, screen) { push(by) } }
}

private fun tablet(look: Look): BufferedImage {
    val list = messagesSamples(look.words).getValue("messages")
    val message = messageSamples(look.words).getValue("message-attachments")
    val panes =
        @Composable { TwoPanes({ MessagesScreen(list, {}, {}, PlacementId(1)) }, { MessageScreen(message, {}, null) }) }
    return draw(look, panes, width = TABLET_WIDTH)
}

@OptIn(ExperimentalComposeUiApi::class)
private fun ImageComposeScene.push(by: Float) {
    val from = Offset(WIDTH / 2f, 620f)
    sendPointerEvent(PointerEventType.Press, from, type = PointerType.Touch)
    for (step in 1..10) {
        sendPointerEvent(PointerEventType.Move, from + Offset(by * step / 10, 0f), type = PointerType.Touch)
    }
}

/** Draws long enough for what moves to come to rest; [act] is done in between. */
@OptIn(ExperimentalComposeUiApi::class)
internal fun draw(
    look: Look,
    screen: @Composable () -> Unit,
    width: Int = WIDTH,
    act: ImageComposeScene.() -> Unit = {},
): BufferedImage =
    ImageComposeScene(width, HEIGHT, Density(DENSITY)) { Dressed(look, screen) }.use { scene ->
        for (frame in 0L..FRAMES) scene.render(frame * FRAME)
        scene.act()
        for (frame in FRAMES..2 * FRAMES) scene.render(frame * FRAME)
        val bitmap = scene.render((2 * FRAMES + 1) * FRAME).toComposeImageBitmap().asSkiaBitmap()
        val pixels = IntArray(width * HEIGHT) { bitmap.getColor(it % width, it / width) }
        BufferedImage(width, HEIGHT, BufferedImage.TYPE_INT_RGB).apply {
            setRGB(0, 0, width, HEIGHT, pixels, 0, width)
        }
    }

/** The share of pixels that are far off; 1 if the sizes differ. */
internal fun difference(
    one: BufferedImage,
    other: BufferedImage,
): Double {
    if (one.width != other.width || one.height != other.height) return 1.0
    val (these, those) = one.pixels() to other.pixels()
    return these.indices.count { these[it] != those[it] && isFar(these[it], those[it]) }.toDouble() / these.size
}

private fun BufferedImage.pixels(): IntArray = getRGB(0, 0, width, height, null, 0, width)

private fun isFar(
    one: Int,
    other: Int,
) = listOf(16, 8, 0).any { abs((one shr it and 0xFF) - (other shr it and 0xFF)) > FAR_OFF }
