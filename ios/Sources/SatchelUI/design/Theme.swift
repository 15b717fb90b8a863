// Colours and sizes of the app: the only file that names them.
#if canImport(SwiftUI)
    import SwiftUI

    enum Theme {
        /// Nothing a finger has to hit is smaller.
        static let target: CGFloat = 44
        /// Distance between things that belong together.
        static let near: CGFloat = 8
        /// Distance of the content from the edges.
        static let edge: CGFloat = 16
        /// A line of text is not pulled wider than this, however wide the window is.
        static let column: CGFloat = 680

        static let accent = Color("Accent", light: (0x18, 0x62, 0x6E), dark: (0x8F, 0xD6, 0xE0))
        static let star = Color("Star", light: (0x9A, 0x5E, 0x00), dark: (0xF6, 0xC1, 0x5C))
        static let archive = Color("Archive", light: (0x1E, 0x6B, 0x52), dark: (0x2B, 0x8A, 0x6B))
        static let delete = Color("Delete", light: (0xA8, 0x32, 0x2B), dark: (0xC2, 0x4A, 0x42))
        static let banner = Color("Banner", light: (0xFB, 0xE7, 0xC4), dark: (0x4A, 0x36, 0x08))

        /// Grounds of avatars, one for each tint.
        static let avatars = [
            Color("Avatar0", light: (0xCF, 0xE6, 0xF2), dark: (0x20, 0x4A, 0x5F)),
            Color("Avatar1", light: (0xD5, 0xEB, 0xD8), dark: (0x2A, 0x4F, 0x33)),
            Color("Avatar2", light: (0xF6, 0xE0, 0xC8), dark: (0x5F, 0x43, 0x1F)),
            Color("Avatar3", light: (0xF3, 0xD9, 0xDF), dark: (0x61, 0x30, 0x40)),
            Color("Avatar4", light: (0xE3, 0xDC, 0xF2), dark: (0x46, 0x3A, 0x6B)),
            Color("Avatar5", light: (0xEA, 0xE6, 0xC6), dark: (0x4B, 0x48, 0x20)),
        ]
    }

    extension Color {
        typealias Bytes = (Double, Double, Double)

        /// A colour for each look; `name` is only for whoever reads the file.
        fileprivate init(_ name: String, light: Bytes, dark: Bytes) {
            #if canImport(UIKit)
                self.init(
                    uiColor: UIColor { traits in
                        UIColor(Color(traits.userInterfaceStyle == .dark ? dark : light))
                    })
            #else
                self.init(light)
            #endif
        }

        private init(_ bytes: Bytes) {
            self.init(red: bytes.0 / 255, green: bytes.1 / 255, blue: bytes.2 / 255)
        }
    }

    /// The words a screen is drawn with. A function, so that "today" is today after midnight too.
    private struct WordsKey: EnvironmentKey {
        static let defaultValue: @Sendable () -> Words = { Words() }
    }

    extension EnvironmentValues {
        /// The words screens are drawn with; an app in another language hands in its own.
        public var words: @Sendable () -> Words {
            get { self[WordsKey.self] }
            set { self[WordsKey.self] = newValue }
        }
    }
#endif
