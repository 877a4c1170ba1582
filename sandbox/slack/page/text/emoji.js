// Common emoji shortcodes. An unknown one is shown as typed, as in Slack.

const TABLE = `
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|warning ⚠️|question ❓|grey_question ❔|exclamation ❗|grey_exclamation ❕|bangbang ‼️
hourglass ⌛|hourglass_flowing_sand ⏳|stopwatch ⏱️|alarm_clock ⏰|watch ⌚|clock1 🕐|clock3 🕒|mag 🔍|mag_right 🔎|no_entry ⛔|no_entry_sign 🚫|octagonal_sign 🛑|recycle ♻️|lock 🔒|unlock 🔓|key 🔑|old_key 🗝️|closed_lock_with_key 🔐
arrows_counterclockwise 🔄|arrows_clockwise 🔃|repeat 🔁|leftwards_arrow_with_hook ↩️|arrow_right ➡️|arrow_left ⬅️|arrow_up ⬆️|arrow_down ⬇️|arrow_forward ▶️|black_square_for_stop ⏹️|double_vertical_bar ⏸️
tada 🎉|eyes 👀|rocket 🚀|fire 🔥|bug 🐛|hammer 🔨|wrench 🔧|hammer_and_wrench 🛠️|gear ⚙️|construction 🚧|rotating_light 🚨|bell 🔔|no_bell 🔕|mega 📣|loudspeaker 📢|speech_balloon 💬|thought_balloon 💭
information_source ℹ️|bulb 💡|memo 📝|pencil 📝|pencil2 ✏️|clipboard 📋|page_facing_up 📄|book 📖|books 📚|link 🔗|paperclip 📎|pushpin 📌|bookmark 🔖|label 🏷️|calendar 📅|date 📅|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊
thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|ok_hand 👌|wave 👋|clap 👏|pray 🙏|raised_hands 🙌|raised_hand ✋|point_right 👉|point_left 👈|point_up ☝️|point_down 👇|muscle 💪|handshake 🤝|bow 🙇
smile 😄|smiley 😃|grinning 😀|slightly_smiling_face 🙂|wink 😉|blush 😊|joy 😂|thinking_face 🤔|neutral_face 😐|confused 😕|worried 😟|cry 😢|sob 😭|scream 😱|sweat_smile 😅|sunglasses 😎|sleeping 😴|robot_face 🤖|ghost 👻|skull 💀|see_no_evil 🙈|facepalm 🤦|shrug 🤷
heart ❤️|broken_heart 💔|star ⭐|sparkles ✨|zap ⚡|boom 💥|snowflake ❄️|cloud ☁️|sunny ☀️|umbrella ☔|ocean 🌊|seedling 🌱|100 💯|trophy 🏆|dart 🎯|gift 🎁|coffee ☕|pizza 🍕|beer 🍺|cake 🍰
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|large_purple_circle 🟣|white_circle ⚪|black_circle ⚫|large_red_square 🟥|large_orange_square 🟧|large_yellow_square 🟨|large_green_square 🟩|large_blue_square 🟦|white_square ⬜|white_large_square ⬜|black_large_square ⬛|small_red_triangle 🔺|small_orange_diamond 🔸|small_blue_diamond 🔹
one 1️⃣|two 2️⃣|three 3️⃣|four 4️⃣|five 5️⃣|six 6️⃣|seven 7️⃣|eight 8️⃣|nine 9️⃣|keycap_ten 🔟|zero 0️⃣|heavy_plus_sign ➕|heavy_minus_sign ➖
shield 🛡️|crown 👑|bust_in_silhouette 👤|busts_in_silhouette 👥|globe_with_meridians 🌐|satellite_antenna 📡|computer 💻|desktop_computer 🖥️|package 📦|file_folder 📁|open_file_folder 📂|card_file_box 🗃️|wastebasket 🗑️|email 📧|envelope ✉️|inbox_tray 📥|outbox_tray 📤|electric_plug 🔌|battery 🔋|test_tube 🧪|microscope 🔬|stethoscope 🩺|ambulance 🚑|wheel_of_dharma ☸️|anchor ⚓|whale 🐳|jp 🇯🇵|checkered_flag 🏁|triangular_flag_on_post 🚩
`;

const EMOJI = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map(entry => entry.split(' ')),
);

/** The character of a shortcode (without colons; a skin tone after `::` is ignored), or `undefined`. */
export const emoji = name => EMOJI.get(name.split('::')[0]);
