import io

from PIL import Image, ImageDraw


def synthetic_photo(words: str) -> bytes:
    """A JPEG that nobody takes for a real paper."""
    image = Image.new("RGB", (800, 1100), "#f4f4f0")
    draw = ImageDraw.Draw(image)
    draw.rectangle((60, 60, 740, 1040), outline="#888888", width=4)
    draw.text((100, 100), f"SAMPLE {words}", fill="#444444")
    for line in range(12):
        draw.line((100, 200 + line * 60, 700, 200 + line * 60), fill="#bbbbbb", width=3)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return out.getvalue()
