// Pictures of few colours: small enough to be committed, near enough to be compared.
package org.satchel.ui

import java.awt.image.BufferedImage
import java.awt.image.IndexColorModel

private const val COLOURS = 256

/** The picture in its 256 most used colours; the others become the nearest of them. */
internal fun palette(picture: BufferedImage): BufferedImage {
    val pixels = picture.getRGB(0, 0, picture.width, picture.height, null, 0, picture.width)
    // The exact colours of large areas first; the shades of letters share what is left.
    val exact = pixels.toList().groupingBy { it or OPAQUE }.eachCount()
    val chosen = exact.entries.sortedByDescending { it.value }.take(COLOURS).map { it.key }.toIntArray()
    val model = IndexColorModel(8, chosen.size, chosen, 0, false, -1, java.awt.image.DataBuffer.TYPE_BYTE)
    val drawn = BufferedImage(picture.width, picture.height, BufferedImage.TYPE_BYTE_INDEXED, model)
    val nearest = HashMap<Int, Int>()
    pixels.forEachIndexed { at, colour ->
        val index = nearest.getOrPut(colour or OPAQUE) { chosen.indices.minBy { distance(chosen[it], colour) } }
        drawn.raster.setSample(at % picture.width, at / picture.width, 0, index)
    }
    return drawn
}

private const val OPAQUE = 0xFF shl 24

private fun distance(
    one: Int,
    other: Int,
): Int =
    listOf(16, 8, 0).sumOf { shift ->
        val by = (one shr shift and 0xFF) - (other shr shift and 0xFF)
        by * by
    }
